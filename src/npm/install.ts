import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { interrupted, UserError } from '../errors.js';
import { fileLimits, readFileSync, readIfThereSync, writeFileAtomic } from '../files/index.js';
import type { NpmEvent } from './events.js';
import { wasInterrupted } from './interrupted.js';
import { lockFits } from './lock-fits.js';
import { npmScript } from './program.js';
import { startNpm } from './start-npm.js';

const npmArguments = [
  '--prefer-offline',
  '--no-audit',
  '--no-fund',
  '--include=dev', // its compiler and its tests, regardless of NODE_ENV
  '--ignore-scripts',
  '--no-update-notifier',
  '--no-progress',
  '--loglevel=http',
];

export interface InstallOptions {
  /** The app's folder, with a package.json. */
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  /** The error when npm failed (`cause`) and what it had created cannot be removed (`failure`). */
  readonly incomplete: (cause: UserError, failure: unknown) => UserError;
}

/** Receives the progress. */
export interface InstallTalk {
  event(event: Exclude<NpmEvent, { readonly kind: 'building' | 'built' }>): void;
}

export interface Installed {
  /** How long it took. */
  readonly ms: number;
  /** Removes what npm created; rejects with the first failure, after all of it was tried. */
  readonly undo: () => Promise<void>;
}

/**
 * Runs `npm install`, from npm's cache where it can.
 * Throws UserError NPM_NOT_FOUND, NPM_FAILED (with npm's last lines) or INTERRUPTED, after removing what npm had
 * begun to install; the error of `incomplete` when that fails.
 */
export async function npmInstall(options: InstallOptions, talk: InstallTalk): Promise<Installed> {
  const { directory, environment, signal } = options;
  const script = npmScript(environment);
  const undo = rollbackOf(directory);
  // `ci` installs exactly the lock file; npm refuses it where package.json differs.
  const verb = isLocked(directory) ? 'ci' : 'install';
  const started = performance.now();
  talk.event({ kind: 'installing', directory, command: 'npm install' });
  const npm = startNpm({ script, arguments: [verb, ...npmArguments], directory, environment, signal });
  const said: string[] = [];
  let count = 0;
  for await (const line of npm.iterable({ from: 'all' })) {
    const fetched = /^npm http (?:fetch GET 2\d\d|cache) (\S+)/.exec(line)?.[1];
    if (fetched === undefined) keepErrorLine(said, line);
    else talk.event({ kind: 'fetched', count: ++count, url: fetched });
  }
  const result = await npm;
  if (result.failed) {
    const error = wasInterrupted(result, signal)
      ? interrupted({ what: 'interrupted while npm was installing', why: 'The files written by init were removed.' })
      : failed(said, result.exitCode, result.cause);
    try {
      await undo();
    } catch (failure) {
      throw options.incomplete(error, failure);
    }
    throw error;
  }
  const ms = Math.round(performance.now() - started);
  talk.event({ kind: 'installed', ms });
  return { ms, undo };
}

function isLocked(directory: string): boolean {
  const [lock, manifest] = ['package-lock.json', 'package.json'].map((name) => path.join(directory, name));
  if (lock === undefined || manifest === undefined || !existsSync(lock) || !existsSync(manifest)) return false;
  try {
    const [locked, wanted] = [readFileSync(lock, fileLimits.lockFile), readFileSync(manifest, fileLimits.config)];
    return lockFits(locked.toString(), wanted.toString());
  } catch {
    return false; // npm reports their error
  }
}

/** How many lines of npm's output are kept. */
const mostRemarks = 200;

function keepErrorLine(said: string[], line: string): void {
  const text = /^npm (?:error|ERR!) ?(.*)$/.exec(line)?.[1];
  if (text !== undefined && said.length < mostRemarks) said.push(text);
}

/** Not useful in a message: the stack, the error object, the path of the log, and lines that the next one explains better. */
const noise = /^\s|^[}\])]|^(code|syscall|errno|path|dest|A complete log)\b|^\S+\s*$|^$/;

/** npm's reason: `notarget No matching version found for socket.io@94.8.1.` without its label. */
function reasonOf(said: readonly string[]): string | undefined {
  const [reason] = said
    .filter((line) => !noise.test(line))
    .map((line) =>
      line.replace(/^(?:network|notarget|enoent|enospc|\d{3})\s+|^\w*Error:\s*/, '').replace(/\s*\{$/, ''),
    );
  const code = said.map((line) => /^code (\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
  return reason === undefined || (code !== undefined && reason.includes(code))
    ? reason
    : `${reason}${code ? ` (${code})` : ''}`;
}

/** Removes what npm created; the lock file is restored, and first: a process that is killed leaves it complete. */
function rollbackOf(directory: string): () => Promise<void> {
  const [modules, lock] = [path.join(directory, 'node_modules'), path.join(directory, 'package-lock.json')];
  const hadModules = existsSync(modules);
  const locked = readIfThereSync(lock, fileLimits.lockFile);
  const restoreLock = (): Promise<void> =>
    locked === undefined ? rm(lock, { force: true }) : writeFileAtomic(lock, locked);
  const removeModules = async (): Promise<void> => {
    if (!hadModules) await rm(modules, { recursive: true, force: true, maxRetries: 5 });
  };
  return async () => {
    const [failure] = [await failureOf(restoreLock), await failureOf(removeModules)].flat();
    if (failure !== undefined) throw failure;
  };
}

async function failureOf(act: () => Promise<void>): Promise<unknown[]> {
  try {
    await act();
    return [];
  } catch (failure) {
    return [failure];
  }
}

function failed(said: readonly string[], exitCode: number | undefined, cause: unknown): UserError {
  const reason = reasonOf(said);
  return new UserError('NPM_FAILED', {
    what: 'npm install failed; the files written by init were removed',
    why:
      reason === undefined
        ? `npm ended with exit code ${exitCode ?? 'unknown'} and gave no reason.`
        : `npm says: ${/[.!?)]$/.test(reason) ? reason : `${reason}.`}`,
    next: 'fix that and run init again, or run it with --no-install and install later',
    exit: 'refused',
    cause,
  });
}
