import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { askControl } from './control.js';
import { createExclusive } from './create-exclusive.js';
import type { Home } from './home.js';

interface LockOwner {
  readonly pid: number;
  readonly token: string;
  /** ms since 1970. */
  readonly since: number;
}

/** A starting host may hold the lock before its control pipe answers, for so long, in ms. */
const startTime = 15_000;

/** Releases the lock; idempotent, and never touches a lock that somebody else holds by now. */
export type ReleaseLock = () => void;

/**
 * Takes the home's lock for this process. A lock left by a process that is gone is taken over. Throws UserError HOME_LOCKED,
 * which says who holds it.
 */
export async function lockHome(home: Home): Promise<ReleaseLock> {
  const own: LockOwner = { pid: process.pid, token: randomUUID(), since: Date.now() };
  mkdirSync(home.directory, { recursive: true });
  for (let attempt = 0; attempt < 20; attempt++) {
    if (createExclusive(home.lockFile, JSON.stringify(own))) return () => release(home.lockFile, own.token);
    const owner = readOwner(home.lockFile);
    if (owner === 'gone') continue;
    if (owner !== 'unreadable' && (await isAlive(home, owner))) throw lockedBy(home, owner);
    setAside(home.lockFile, owner === 'unreadable' ? undefined : owner.token);
  }
  throw lockedBy(home, undefined);
}

function readOwner(file: string): LockOwner | 'gone' | 'unreadable' {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : 'unreadable';
  }
  try {
    const value: unknown = JSON.parse(text);
    return isOwner(value) ? value : 'unreadable';
  } catch {
    return 'unreadable'; // cut off by a crash while it was written
  }
}

function isOwner(value: unknown): value is LockOwner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    'token' in value &&
    'since' in value
  );
}

/** The process lives, and it is ours: after a restart of the machine its number may belong to another program. */
async function isAlive(home: Home, { pid, since }: LockOwner): Promise<boolean> {
  if (!processExists(pid)) return false;
  if (Date.now() - since < startTime) return true;
  return (await askControl(home.controlPipe, { command: 'status' }).catch(() => undefined)) !== undefined;
}

/** Does a process with this number run? One that has ended and waits for its parent to notice does not. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** In containers the first process may take seconds to reap what others left to it. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return /^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // no /proc, or it is gone by now: kill said what we know
  }
}

/** Renames the dead lock away: of several who try, one succeeds. A fresh lock that got renamed by mistake is put back. */
function setAside(file: string, token: string | undefined): void {
  const aside = path.join(path.dirname(file), `.host.lock.${randomUUID()}`);
  try {
    renameSync(file, aside);
  } catch {
    return; // another one was faster
  }
  const moved = readOwner(aside);
  if (token !== undefined && typeof moved === 'object' && moved.token !== token) {
    createExclusive(file, JSON.stringify(moved));
  }
  rmSync(aside, { force: true });
}

function release(file: string, token: string): void {
  const owner = readOwner(file);
  if (typeof owner === 'object' && owner.token === token) rmSync(file, { force: true });
}

function lockedBy(home: Home, owner: LockOwner | undefined): UserError {
  return new UserError('HOME_LOCKED', {
    what: `The embedded IIS of ${home.directory} is in use`,
    why:
      owner === undefined
        ? 'Several hosts start at once.'
        : `Process ${owner.pid} holds it since ${new Date(owner.since).toISOString()}.`,
    next: 'stop it with: iisnode-sock undeploy, or use another IISNODE_SOCK_HOME',
    exit: 'refused',
  });
}
