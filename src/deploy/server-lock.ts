import { userInfo } from 'node:os';
import path from 'node:path';
import { beforeAnyChange, UserError } from '../errors.js';
import { holderText, type Lock, LockHeld, makeFolder, takeLock } from '../files/index.js';
import { type Home, homeNotWritable } from '../host/index.js';
import { type Machine, type MachineFolder, machineFolder } from './machine-folder.js';

/** A request for exclusive access to the servers of a home. */
export interface ServerLockOptions {
  /** What this process does, shown to waiting processes: 'deploy /apps/dante'. */
  readonly command: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Receives a human-readable sentence when another process has the lock. */
  readonly onWait: (sentence: string) => void;
  /** How long to wait for the others, in ms. */
  readonly patience?: number;
  /** The target that will be changed: IIS belongs to the machine, the embedded IIS to a home, which is the default. */
  readonly target?: string;
}

/** Building, deploying and checking an app takes less, in ms. */
const longestWait = 120_000;

/**
 * Runs `work` while no other deploy or undeploy of the same server runs: each reads the server's state, changes it, and on failure
 * restores the state it read, so two at the same time would undo each other's changes. The lock of IIS is one for all users of the machine.
 * @throws the errors of `work`; UserError DEPLOY_RUNNING, which names the other process, INTERRUPTED, HOME_NOT_WRITABLE and
 *   MACHINE_FOLDER_UNSAFE: then nothing was done.
 */
export async function withServerLock<T>(
  home: Home,
  options: ServerLockOptions,
  work: () => Promise<T>,
  machine: Machine = {},
): Promise<T> {
  const shared = options.target === 'iis' ? machineFolder(home, machine) : undefined;
  return holding(await (shared === undefined ? takeServerLock : takeMachineLock(shared))(home, options), work);
}

/**
 * The same for the releases of one application, whichever user of the machine deploys it.
 * @throws also WriteError, when the folder cannot be written.
 */
export async function withAppLock<T>(base: string, options: ServerLockOptions, work: () => Promise<T>): Promise<T> {
  makeFolder(base);
  return holding(await takeDeployLock(base, options), work);
}

async function holding<T>(lock: Lock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function takeServerLock(home: Home, options: ServerLockOptions): Promise<Lock> {
  try {
    makeFolder(home.directory, 0o700);
    return await takeDeployLock(home.directory, options);
  } catch (error) {
    if (error instanceof UserError && ['DEPLOY_RUNNING', 'INTERRUPTED'].includes(error.code)) throw error;
    throw homeNotWritable(home, error);
  }
}

/** Below it: a lock that comes and goes in the folder itself would change that each time. */
const takeMachineLock =
  (shared: MachineFolder) =>
  async (_home: Home, options: ServerLockOptions): Promise<Lock> => {
    await shared.prepare();
    const folder = path.join(shared.folder, 'lock');
    await shared.changing(async () => makeFolder(folder));
    return takeDeployLock(folder, { ...options, command: `${options.command} of ${userName()}` });
  };

/** 'CORP\\ann' on Windows. */
function userName(): string {
  const { USERDOMAIN } = process.env;
  const { username } = userInfo();
  return USERDOMAIN === undefined || USERDOMAIN === '' ? username : `${USERDOMAIN}\\${username}`;
}

/** The lock of a folder. @throws UserError DEPLOY_RUNNING, INTERRUPTED; the system's error. */
async function takeDeployLock(
  folder: string,
  { command, signal, onWait, patience = longestWait }: ServerLockOptions,
): Promise<Lock> {
  try {
    return await takeLock(path.join(folder, 'deploy.lock'), {
      command,
      signal,
      patience,
      onWait: (holder) => onWait(`waiting for ${holderText(holder)} to end`),
    });
  } catch (error) {
    throw error instanceof LockHeld ? stillRunning(error, patience) : beforeAnyChange(error, signal);
  }
}

function stillRunning({ file, holder }: LockHeld, patience: number): UserError {
  const who = holder === undefined ? 'another deploy or undeploy' : holderText(holder);
  return new UserError('DEPLOY_RUNNING', {
    what: `${who} is running; nothing was changed`,
    why: `Only one at a time may change a server, and it did not end within ${Math.round(patience / 1000)} s.`,
    next:
      holder === undefined
        ? 'run the command again'
        : `wait until it has ended, or end process ${holder.pid}, and run the command again (the lock is ${file}: remove it if that process is another program)`,
    exit: 'refused',
  });
}
