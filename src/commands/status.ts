import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type EmbeddedStatus,
  findTarget,
  isAzure,
  isExpress,
  status as readStatus,
  requireIis,
  requireTargets,
  statusOfFolder,
  statusOverSsh,
} from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { requireFolder } from '../files/index.js';
import { openHome } from '../host/index.js';
import { isSsh } from '../ssh/index.js';
import { typedCommand } from '../typed-command.js';
import { azureStatus } from './azure.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { forEachServer } from './each-server.js';
import { unlessInterrupted } from './interruption.js';
import { journalLine } from './journal-line.js';
import { placeIn, type TargetOption, targetOf } from './named-target.js';
import { isNowhere, missingNote, renderStatus } from './render-status.js';

interface StatusCommandOptions extends CommonOptions, TargetOption {
  readonly to?: string;
  readonly watch?: boolean;
}

/** The application that a target names; all that is deployed there by default. */
type Placed = ReturnType<typeof placeIn>;

const notSeen = (to: string): UserError =>
  new UserError('STATUS_NOT_THERE', {
    what: `status has nothing to show of ${to}`,
    why: '--to names a server (ssh://user@host) or an app of App Service (azure://APP); without it this machine is shown.',
    next: 'omit --to, or name a target that is deployed to one of them',
    again: { without: ['--to'] },
  });

const notWatched = (to: string): UserError =>
  new UserError('STATUS_NOT_WATCHED', {
    what: `status --watch does not look at ${to}`,
    why: 'It looks every 2 s, and a look at a server is a connection of its own.',
    next: 'omit --watch, or --to for the embedded IIS of this machine',
    again: { without: ['--watch'] },
  });

/** `status --to ssh://...` */
async function statusOfServer(
  to: string,
  place: Placed,
  { terminal, environment, signal }: CommandContext,
): Promise<number> {
  const deployed = await unlessInterrupted(statusOverSsh({ ...place, to, environment, signal }), signal);
  for (const { site, path, directory, release, missing, last } of deployed) {
    const served = missing ? missingNote(to, { site, path }) : (release ?? directory);
    terminal.print(`application  ${path} of ${site}  ${served}`);
    if (last !== undefined) terminal.print(`             ${journalLine(last)}`);
  }
  if (deployed.length === 0) terminal.print('nothing is deployed there');
  terminal.document({ deployed });
  return exitCodes.done.code;
}

/** `status`, `status TARGET`, `status DIR` */
export const status: Command<StatusCommandOptions> = async ([word], options, context) => {
  const { to, target: name = word, watch = false } = options;
  requireTargets([to]);
  const directory = isElsewhere(to) ? undefined : folderToShow(word, options, context.cwd);
  const isOfTarget = name !== undefined && directory === undefined;
  // One that is no target is refused as such.
  if (watch && isOfTarget) targetToShow(context.cwd, name);
  if (watch && (isOfTarget || isElsewhere(to))) throw notWatched(isOfTarget ? name : (to ?? ''));
  if (watch) return watchStatus(directory, context);
  if (!isOfTarget) return statusAt(to, {}, context, directory);
  const target = targetToShow(context.cwd, name);
  const servers = to === undefined ? target.to : [to];
  return forEachServer(servers, context, (server, terminal) =>
    statusAt(server, placeIn(target), { ...context, terminal }),
  );
};

/** The folder that a word names, as that of an app that may be gone; undefined: it names a target, or nothing. */
function folderToShow(word: string | undefined, options: TargetOption, cwd: string): string | undefined {
  if (word === undefined || options.target !== undefined || targetOf(word, options, cwd) !== undefined)
    return undefined;
  const folder = path.resolve(cwd, word);
  return existsSync(folder) || /[\\/]/.test(word) ? folder : undefined;
}

/** A name that is none may be meant for an app: all that is deployed here is shown without it. @throws UserError TARGET_NOT_FOUND, TARGETS_INVALID. */
function targetToShow(cwd: string, name: string): ReturnType<typeof findTarget> {
  try {
    return findTarget(cwd, name);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'TARGET_NOT_FOUND' || error.next.startsWith('did you mean'))
      throw error;
    const { code, what, exit, cause } = error;
    const why = `${error.why} A word is a target in package.json, or an app's folder; without one all apps of this machine are shown.`;
    throw new UserError(code, { what, why, next: typedCommand(['status']), exit, cause });
  }
}

const isElsewhere = (to: string | undefined): boolean =>
  to !== undefined && to !== 'embedded' && to !== 'iis' && !isExpress(to);

/** Of one server. */
async function statusAt(
  to: string | undefined,
  place: Placed,
  context: CommandContext,
  directory?: string,
): Promise<number> {
  const { terminal, environment, signal } = context;
  if (isSsh(to)) return statusOfServer(to, place, context);
  if (isAzure(to)) return azureStatus(to, context);
  if (to !== undefined && isElsewhere(to)) throw notSeen(to);
  if (to === 'iis') requireIis(environment);
  renderStatus(terminal, await unlessInterrupted(statusHere(environment, directory), signal), directory);
  return exitCodes.done.code;
}

/** Of this machine. @param directory Of the app in this folder alone. */
async function statusHere(
  environment: CommandContext['environment'],
  directory: string | undefined,
): Promise<EmbeddedStatus> {
  const seen = await readStatus(openHome(environment));
  if (directory === undefined) return seen;
  const found = statusOfFolder(seen, directory);
  // A folder that was removed may still be deployed.
  if (isNowhere(found))
    requireFolder(directory, { next: `${typedCommand(['status'])}     (shows all apps of this machine)` });
  return found;
}

/** How often `--watch` looks, in ms. */
const lookEvery = 2_000;

/** Shows the status again and again, in one place on a terminal, until the signal, which is how it ends, or until its output is closed. */
async function watchStatus(directory: string | undefined, context: CommandContext): Promise<number> {
  const { terminal, environment } = context;
  const signal = AbortSignal.any([context.signal, context.outputClosed]);
  const aborted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  while (!signal.aborted) {
    const seen = await Promise.race([statusHere(environment, directory), aborted]);
    if (seen === undefined) break;
    const lines: string[] = [];
    renderStatus({ ...terminal, print: (line = '') => void lines.push(line) }, seen, directory);
    if (!terminal.json) terminal.screen([...lines, terminal.out.dim(`${new Date().toISOString()}, Ctrl-C ends it`)]);
    await pause(lookEvery, undefined, { signal }).catch(() => undefined);
  }
  return exitCodes.done.code;
}
