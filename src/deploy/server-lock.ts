import path from 'node:path';
import { interrupted, UserError } from '../errors.js';
import { holderText, type Lock, LockHeld, makeFolder, takeLock } from '../files/index.js';
import { type Home, homeNotWritable } from '../host/index.js';

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
}

/** Building, deploying and checking an app takes less, in ms. */
const longestWait = 120_000;

/**
 * Runs `work` while no other deploy or undeploy of the same home runs: each reads the server's state, changes it, and on failure
 * restores the state it read, so two at the same time would undo each other's changes.
 * @throws the errors of `work`; UserError DEPLOY_RUNNING, which names the other process, INTERRUPTED and HOME_NOT_WRITABLE: then
 *   nothing was done.
 */
export async function withServerLock<T>(home: Home, options: ServerLockOptions, work: () => Promise<T>): Promise<T> {
  return holding(await takeServerLock(home, options), work);
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
    if (error instanceof UserError && error.code === 'DEPLOY_RUNNING') throw error;
    if (options.signal.aborted) {
      throw interrupted({ what: 'interrupted while waiting for another deployment; nothing was changed' });
    }
    throw homeNotWritable(home, error);
  }
}

/** The lock of a folder. @throws UserError DEPLOY_RUNNING; the signal's reason; the system's error. */
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
    throw error instanceof LockHeld ? stillRunning(error, patience) : error;
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
        : `wait until it has ended, or end process ${holder.pid}, and run the command again (the lock is ${file})`,
    exit: 'refused',
  });
}
