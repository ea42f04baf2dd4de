import path from 'node:path';
import { LockHeld, makeFolder, takeLock } from '../../files/index.js';
import { fileBusy } from './refusal.js';

const held = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while no other call, in this process or another, does the same for `file`. A lock whose process has ended is
 * taken over. Without it, of two commands that read, change and write the file, one change would be lost.
 * @param patience ms to wait before the error Refusal exit 60971.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>, patience = 10_000): Promise<T> {
  const lock = `${path.resolve(file)}.appcmd.lock`;
  // Within one process a queue is fair and fast; between processes the lock file decides.
  const before = held.get(lock) ?? Promise.resolve();
  const mine = before.then(() => locked(lock, work, patience));
  const settled = mine.catch(() => undefined); // the caller gets the error, the queue continues
  held.set(lock, settled);
  try {
    return await mine;
  } finally {
    if (held.get(lock) === settled) held.delete(lock);
  }
}

async function locked<T>(file: string, work: () => Promise<T>, patience: number): Promise<T> {
  makeFolder(path.dirname(file));
  const lock = await takeLock(file, { command: 'appcmd', patience }).catch((error: unknown) => {
    throw error instanceof LockHeld ? fileBusy() : error;
  });
  try {
    return await work();
  } finally {
    lock.release();
  }
}
