import { type BigIntStats, lstatSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { makeFolder, readIfThereSync, WriteError, writeFault, writeFileAtomic } from '../files/index.js';
import type { Home } from '../host/index.js';
import { commandLine } from '../quoting.js';
import { strangersOf } from '../server/index.js';
import { system32 } from '../system32.js';
import { runCommand } from './targets/run-command.js';

/** The system that deploy runs on; replaced in tests. */
export interface Machine {
  readonly platform?: NodeJS.Platform;
  readonly run?: typeof runCommand;
}

/**
 * The folder of deploy's state that belongs to the machine, %ProgramData%\iisnode-sock: the records of IIS, and the lock of its deploys.
 * Every user may create folders in %ProgramData%, and what is recorded decides what undeploy removes: so it is made with rights for
 * administrators and SYSTEM alone, and one that others own or may write to is refused.
 */
export interface MachineFolder {
  readonly folder: string;
  /** Does it exist, so that this user may read it? @throws UserError MACHINE_FOLDER_UNSAFE. */
  isReadable(): Promise<boolean>;
  /** Makes it where it is missing. @throws UserError MACHINE_FOLDER_UNSAFE, NOT_ELEVATED, RECORDS_NOT_PROTECTED; WriteError. */
  prepare(): Promise<void>;
  /** Runs a change of its content, after which it is still known to be safe. */
  changing(change: () => Promise<void>): Promise<void>;
}

/** undefined where the state of all targets is in the user's home: on other systems, and where IISNODE_SOCK_HOME names one. */
export function machineFolder(
  home: Pick<Home, 'directory' | 'environment'>,
  { platform = process.platform, run = runCommand }: Machine = {},
): MachineFolder | undefined {
  const { IISNODE_SOCK_HOME: named, ProgramData } = home.environment;
  if (platform !== 'win32' || (named !== undefined && named !== '')) return undefined;
  if (ProgramData === undefined || ProgramData === '') return undefined;
  const folder = path.join(ProgramData, 'iisnode-sock');
  const known = path.join(home.directory, 'machine-folder.json');
  const powershell = system32(home.environment, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
  const remember = async (): Promise<void> => {
    makeFolder(home.directory, 0o700);
    await writeFileAtomic(known, JSON.stringify({ folder, state: stateOf(folder) }));
  };
  const isKnown = (): boolean => {
    const state = stateOf(folder);
    return state !== undefined && state === recorded(known, folder);
  };
  const check = async (): Promise<void> => {
    if (isKnown()) return;
    if (isClosed(folder)) throw notElevated(folder, 'Only administrators may read it.');
    if (lstatSync(folder).isSymbolicLink()) throw unsafe(folder, ['it is a link to another folder']);
    const strangers = await strangersOf(run, powershell, folder);
    if (strangers === undefined) throw unsafe(folder, ['its owner and its rights cannot be seen with PowerShell']);
    if (strangers.length > 0) throw unsafe(folder, strangers);
    await remember();
  };
  return {
    folder,
    async isReadable() {
      if (stateOf(folder) === undefined || isClosed(folder)) return false;
      await check();
      return true;
    },
    async prepare() {
      if (!makeNew(folder)) return check();
      try {
        await protect(folder, run);
      } catch (error) {
        // A folder of this user would be refused from then on.
        if (readdirSync(folder).length === 0) rmdirSync(folder);
        throw error;
      }
      // Until a moment ago others could write to it.
      if (readdirSync(folder).length > 0) throw unsafe(folder, ['another user has put a file into it']);
      await remember();
    },
    async changing(change) {
      const before = isKnown();
      await change();
      if (before) await remember();
    },
  };
}

/** SYSTEM and Administrators: names of groups are translated, their SIDs are not. */
const rights = ['*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F'];

/** @throws UserError NOT_ELEVATED, RECORDS_NOT_PROTECTED. */
async function protect(folder: string, run: typeof runCommand): Promise<void> {
  for (const args of [
    // First, because only an administrator may do it; and a user who leaves the group later would still own it.
    [folder, '/setowner', '*S-1-5-32-544'],
    [folder, '/inheritance:r', '/grant:r', ...rights],
  ]) {
    const { exitCode, stdout } = await run('icacls', args);
    if (exitCode === 0) continue;
    if (noRight.has(exitCode))
      throw notElevated(folder, stdout.trim() || 'The administrators cannot be made its owner.');
    throw new UserError('RECORDS_NOT_PROTECTED', {
      what: `the rights of ${folder} cannot be set: icacls ended with ${exitCode}`,
      why: stdout.trim() || 'It gave no reason.',
      next: 'remove that folder, and run the command again from an elevated prompt',
      exit: 'refused',
    });
  }
}

/** ERROR_ACCESS_DENIED, ERROR_INVALID_OWNER, ERROR_PRIVILEGE_NOT_HELD (winerror.h). */
const noRight = new Set([5, 1307, 1314]);

const notElevated = (folder: string, why: string): UserError =>
  new UserError('NOT_ELEVATED', {
    what: `this user may not use ${folder}, where deploy records what it does on IIS`,
    why,
    next: 'run it again from an elevated prompt (Run as administrator), or deploy with --to embedded',
    exit: 'refused',
  });

const unsafe = (folder: string, strangers: readonly string[]): UserError =>
  new UserError('MACHINE_FOLDER_UNSAFE', {
    what: `${folder} is not trusted: ${strangers.join('; ')}`,
    why: 'Only administrators may write what deploy records there, because undeploy and an undo do what the records say. Every user may create a folder in %ProgramData%.',
    next: `from an elevated prompt, look at what is in it, remove it with ${commandLine('rmdir', ['/s', '/q', folder])}, and run the command again: deploy makes it with the right ones`,
    exit: 'refused',
  });

/** False: it is there already. */
function makeNew(folder: string): boolean {
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new WriteError(folder, 'folder', error, writeFault(error));
  }
}

/** What changes with the folder itself, with its rights, and with the names in it; undefined: there is none. */
function stateOf(folder: string): string | undefined {
  let seen: BigIntStats | undefined;
  try {
    seen = lstatSync(folder, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
  return seen && [seen.dev, seen.ino, seen.birthtimeNs, seen.ctimeNs, seen.mode].join(' ');
}

/** A user who is no administrator sees nothing of it, and trusts nothing of it. */
function isClosed(folder: string): boolean {
  try {
    readdirSync(folder);
    return false;
  } catch (error) {
    return ['EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** A file of the user's own home: no other user can write that a folder is safe. */
function recorded(file: string, folder: string): string | undefined {
  try {
    const read: unknown = JSON.parse(readIfThereSync(file, 4_096)?.toString('utf8') ?? 'null');
    const { folder: of, state } = (read ?? {}) as { folder?: unknown; state?: unknown };
    return of === folder && typeof state === 'string' ? state : undefined;
  } catch {
    return undefined;
  }
}
