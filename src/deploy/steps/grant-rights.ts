import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { commandLine } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { makeFolder } from '../../files/index.js';
import type { DeployContext, DeployPlan, DeployStep } from '../types.js';

interface Seen {
  readonly needed: boolean;
  /** Identities that have rights on the app's folder already, lower case. */
  readonly present: readonly string[];
  readonly logsExist: boolean;
  readonly logsGranted: boolean;
}

const poolIdentity = (plan: DeployPlan): string => `IIS AppPool\\${plan.poolName}`;

/** The pool reads the app and runs node in it; static files are opened as IUSR, the anonymous user. */
const readers = (plan: DeployPlan): readonly string[] => [poolIdentity(plan), 'IUSR'];

/** Only files of Windows have such rights, and only a real pool has an identity. */
const isNeeded = (context: DeployContext): boolean =>
  context.target === 'script' || (context.target === 'iis' && process.platform === 'win32');

function commands(plan: DeployPlan, seen: Seen): { readonly program: string; readonly args: readonly string[] }[] {
  if (!seen.needed) return [];
  const missing = readers(plan).filter((who) => !seen.present.includes(who.toLowerCase()));
  const logs = plan.logDirectory;
  return [
    ...(missing.length === 0
      ? []
      : [{ program: 'icacls', args: [plan.directory, '/grant', ...missing.map((who) => `${who}:(OI)(CI)RX`)] }]),
    ...(logs === undefined || seen.logsExist ? [] : [{ program: 'mkdir', args: [logs] }]),
    ...(logs === undefined || seen.logsGranted
      ? []
      : [{ program: 'icacls', args: [logs, '/grant', `${poolIdentity(plan)}:(OI)(CI)M`] }]),
  ];
}

async function run(context: DeployContext, program: string, args: readonly string[]): Promise<void> {
  if (program === 'mkdir') {
    makeFolder(args[0] ?? '');
    return;
  }
  const result = await context.run(program, args);
  if (result.exitCode === 0) return;
  throw new UserError('RIGHTS_NOT_GRANTED', {
    what: `${commandLine(program, args)} failed with exit code ${result.exitCode}`,
    why: result.stdout.trim().split(/\r?\n/).at(-1) ?? 'it gave no reason',
    next: 'run it again from an elevated prompt, or give the folder these rights by hand',
    exit: 'refused',
  });
}

/** `icacls FOLDER` prints one line `IDENTITY:(OI)(CI)(RX)` for each right; identities in upper or mixed case. */
async function granted(context: DeployContext, folder: string, identities: readonly string[]): Promise<string[]> {
  const { exitCode, stdout } = await context.run('icacls', [folder]);
  if (exitCode !== 0) return [];
  const text = stdout.toLowerCase();
  return identities
    .map((who) => who.toLowerCase())
    .filter((who) => text.includes(`${who}:(`) || text.includes(`nt authority\\${who}:(`));
}

async function look(context: DeployContext, plan: DeployPlan): Promise<Seen> {
  if (!isNeeded(context)) return { needed: false, present: [], logsExist: true, logsGranted: true };
  const logs = plan.logDirectory;
  const logsExist = logs === undefined || existsSync(logs);
  return {
    needed: true,
    present: await granted(context, plan.directory, readers(plan)),
    logsExist,
    logsGranted:
      logs === undefined ||
      (logsExist &&
        (await granted(context, logs, [poolIdentity(plan)])).length > 0 &&
        (await modifies(context, plan, logs))),
  };
}

/** Reading alone is inherited from the app's folder: only M (or F) lets iisnode write its logs. */
async function modifies(context: DeployContext, plan: DeployPlan, folder: string): Promise<boolean> {
  const { stdout } = await context.run('icacls', [folder]);
  const who = poolIdentity(plan).toLowerCase();
  return stdout
    .toLowerCase()
    .split(/\r?\n/)
    .some((line) => line.includes(`${who}:(`) && /\((m|f)\)/.test(line));
}

export const grantRights: DeployStep<Seen> = {
  id: 'grant-rights',
  title: "Give the pool's identity its rights",
  note: (context) =>
    isNeeded(context)
      ? undefined
      : context.target === 'embedded'
        ? 'not needed: the embedded IIS runs as you'
        : 'not needed on this platform',
  look,
  say: (context, plan, seen) =>
    commands(plan, seen).map(({ program, args }) => (context.format ?? commandLine)(program, args)),
  async do(context, plan, seen) {
    for (const { program, args } of commands(plan, seen)) {
      context.signal.throwIfAborted();
      await run(context, program, args);
    }
  },
  async undo(context, plan, seen) {
    if (!seen.needed) return;
    const logs = plan.logDirectory;
    if (logs !== undefined && !seen.logsGranted && existsSync(logs)) {
      await run(context, 'icacls', [logs, '/remove:g', poolIdentity(plan)]);
      // iisnode may have written there meanwhile: only an empty folder is ours to take away.
      if (!seen.logsExist) await rmdir(logs).catch(() => undefined);
    }
    const now = await granted(context, plan.directory, readers(plan));
    const added = now.filter((who) => !seen.present.includes(who));
    if (added.length > 0) await run(context, 'icacls', [plan.directory, '/remove:g', ...added]);
  },
};
