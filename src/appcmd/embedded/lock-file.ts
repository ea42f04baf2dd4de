import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileBusy } from './refusal.js';

const held = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while nobody else, in this process or another, does the same for `file`. A lock whose process is gone is
 * taken over. Two commands that read, change and write would lose one change without it.
 * @param patience ms to wait before giving up with Refusal exit 60971.
 */
export async function withFileLock<T>(file: string, work: () => Promise<T>, patience = 10_000): Promise<T> {
  const lock = `${path.resolve(file)}.appcmd.lock`;
  // Within one process a queue is fair and quick; between processes the lock file decides.
  const before = held.get(lock) ?? Promise.resolve();
  const mine = before.then(() => locked(lock, work, patience));
  const settled = mine.catch(() => undefined); // the caller gets the failure, the queue goes on
  held.set(lock, settled);
  try {
    return await mine;
  } finally {
    if (held.get(lock) === settled) held.delete(lock);
  }
}

async function locked<T>(lock: string, work: () => Promise<T>, patience: number): Promise<T> {
  const owner = `${process.pid} ${randomUUID()}`;
  const until = Date.now() + patience;
  await mkdir(path.dirname(lock), { recursive: true });
  while (!(await claim(lock, owner))) {
    if (Date.now() > until) throw fileBusy();
    await pause(10 + Math.random() * 20);
  }
  try {
    return await work();
  } finally {
    if ((await contents(lock)) === owner) await rm(lock, { force: true });
  }
}

async function claim(lock: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx');
    await handle.writeFile(owner).finally(() => handle.close());
    return true;
  } catch (error) {
    if (!isBusy(error)) throw error;
    const other = await contents(lock);
    // Empty: its owner is just writing its name, or died doing so.
    if (other !== undefined && (other === '' ? await isOld(lock) : !isAlive(Number.parseInt(other, 10)))) {
      await takeAway(lock, other);
    }
    return false;
  }
}

async function isOld(file: string): Promise<boolean> {
  const status = await stat(file).catch(() => undefined); // gone meanwhile
  return status !== undefined && Date.now() - status.mtimeMs > 5_000;
}

/** Removes a dead owner's lock; if another took it over meanwhile, that one is put back. */
async function takeAway(lock: string, dead: string): Promise<void> {
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
    if ((await contents(aside)) !== dead) await link(aside, lock);
  } catch (error) {
    if (!isBusy(error)) throw error; // gone or taken again: the next try sees
  } finally {
    await rm(aside, { force: true });
  }
}

async function contents(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** Windows answers EPERM or EBUSY while another process has the file open or is about to delete it. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const passing =
    process.platform === 'win32' ? ['EEXIST', 'ENOENT', 'EPERM', 'EBUSY', 'EACCES'] : ['EEXIST', 'ENOENT'];
  return passing.includes(String(code));
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // alive, but somebody else's
  }
}
