import { createHash, randomUUID } from 'node:crypto';
import { rmSync, statSync, utimesSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { createExclusive } from './create-exclusive.js';
import { FileError } from './file-error.js';
import { processExists, processIdentity, processSpace } from './process.js';
import { processStart } from './process-start.js';
import { readFileSync } from './read-file.js';

/** The holder of a lock. */
export interface LockHolder {
  readonly pid: number;
  /** What it does: 'deploy /apps/dante'. */
  readonly command: string;
  /** ms since 1970 by the holder's clock, which may be wrong: only for messages. undefined when unknown. */
  readonly since: number | undefined;
}

export interface LockOptions {
  /** What this process does with the lock, shown to waiting processes. */
  readonly command: string;
  /** How long to wait for another holder, in ms; 0: do not wait. */
  readonly patience: number;
  /** Ends the waiting: its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called when the waiting begins, and again when the lock gets another holder. */
  readonly onWait?: (holder: LockHolder) => void;
  /**
   * After this time without a heartbeat, in ms, a holder of another machine or container is treated as ended, and of one of this machine
   * whose process cannot be identified is asked whether its process is a later one.
   */
  readonly silence?: number;
  /** When a process began, in ms since 1970; undefined where the system does not tell. Default: ask the system. */
  readonly processStart?: (pid: number, signal?: AbortSignal) => Promise<number | undefined>;
  /**
   * Called when a process with the holder's ID runs, and the system cannot tell whether it is the holder. Without it a holder
   * is treated as ended when its heartbeat stops.
   */
  readonly answers?: (holder: LockHolder) => Promise<boolean>;
}

/** A lock that this process has. */
export interface Lock {
  /** Idempotent; never removes a lock that another process has taken meanwhile. */
  release(): void;
}

/** Another process kept the lock for the whole waiting time. */
export class LockHeld extends Error {
  override readonly name = 'LockHeld';
  readonly file: string;
  /** undefined: several processes try at the same time. */
  readonly holder: LockHolder | undefined;

  constructor(file: string, holder: LockHolder | undefined) {
    super(`${file} is held by ${holder === undefined ? 'another process' : holderText(holder)}`);
    this.file = file;
    this.holder = holder;
  }
}

/** 'deploy /apps/dante (process 123, since 2026-01-31T12:00:00.000Z)' */
export function holderText({ pid, command, since }: LockHolder): string {
  const date = new Date(since ?? Number.NaN);
  const from = Number.isNaN(date.getTime()) ? '' : `, since ${date.toISOString()}`;
  return `${command} (process ${pid}${from})`;
}

/** The interval of the holder's heartbeat, in ms: it touches the lock file. */
const heartbeat = 1_000;
const longestSilence = 8_000;
/** An invalid lock file may be one that is being written; after this time, in ms, it is not. */
const writingTime = 500;
/** Even without a waiting time, retry for this long when the lock's holder has ended, in ms. */
const leastPatience = 3_000;
const longestPause = 100;
/** The start of a process is known to about a second, in ms. */
const startTolerance = 2_000;

/** A lock's text is below 1 KB. */
const longestLock = 64 * 1024;

/**
 * Takes the lock `file`, which only one process of this user can have at a time. The lock of a process that has ended is taken
 * over, also when another program has its process ID meanwhile.
 * @param file Its folder must exist.
 * @throws LockHeld; UserError LOCK_UNUSABLE when its name is not a regular file; WriteError; the signal's reason.
 */
export async function takeLock(file: string, options: LockOptions): Promise<Lock> {
  const { pid } = process;
  const own: LockRecord = {
    pid,
    command: options.command,
    since: Date.now(),
    token: randomUUID(),
    space: processSpace(),
    identity: processIdentity(pid),
  };
  const began = performance.now();
  const watched = new Watched();
  for (let round = 1; ; round++) {
    options.signal?.throwIfAborted();
    const found = readLock(file);
    if (found === undefined) {
      if (createExclusive(file, JSON.stringify(own))) return new HeldLock(file, own.token, options);
    } else if (await isHolderGone(found, watched, options)) {
      removeDead(file, found, own);
    } else {
      throwWhenLate(file, found, performance.now() - began, options);
      watched.tell(found, options);
    }
    if (performance.now() - began > options.patience + leastPatience) throw new LockHeld(file, holderOf(found));
    await pause(Math.min(5 * round, longestPause) * (0.5 + Math.random()), undefined, {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }).catch(() => options.signal?.throwIfAborted());
  }
}

/**
 * The holder of the lock, and whether its process is certainly the one that took it; undefined when the lock is free or its holder
 * has ended. Only reads, and never throws.
 */
export function lockHolder(file: string): { readonly holder: LockHolder; readonly certain: boolean } | undefined {
  try {
    const record = readLock(file)?.record;
    if (record === undefined || !inThisSpace(record) || !processExists(record.pid)) return undefined;
    const same = isSameProcess(record);
    return same === false ? undefined : { holder: record, certain: same === true };
  } catch {
    return undefined; // no readable lock
  }
}

interface LockRecord extends LockHolder {
  readonly token: string;
  /** Unknown for other versions. */
  readonly space: string | undefined;
  readonly identity: string | undefined;
}

/** The content of a lock file. */
interface Found {
  /** Changes when the lock gets another holder. */
  readonly key: string;
  /** undefined: not the text of a lock. */
  readonly record: LockRecord | undefined;
  /** ms since 1970 by the disk's clock. */
  readonly touched: number;
}

const holderOf = (found: Found | undefined): LockHolder | undefined => found?.record;

/** undefined: there is none. @throws UserError LOCK_UNUSABLE. */
function readLock(file: string): Found | undefined {
  try {
    const text = readFileSync(file, longestLock).toString('utf8');
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (touched === undefined) return undefined;
    const record = recordIn(text);
    return { key: record?.token ?? createHash('sha256').update(text).digest('hex'), record, touched };
  } catch (error) {
    if (error instanceof FileError && error.problem === 'absent') return undefined;
    if (isBusyOnWindows(error)) return { key: 'busy', record: undefined, touched: Date.now() };
    throw unusable(file, error);
  }
}

/** Windows answers EPERM or EBUSY while another process deletes the file. */
function isBusyOnWindows(error: unknown): boolean {
  return (
    process.platform === 'win32' &&
    error instanceof FileError &&
    ['EPERM', 'EBUSY', 'EACCES'].includes(error.system ?? '')
  );
}

function unusable(file: string, cause: unknown): UserError {
  return new UserError('LOCK_UNUSABLE', {
    what: `${file} cannot be used as a lock`,
    why: cause instanceof UserError ? cause.why : String(cause),
    next: 'remove it, and run the command again',
    exit: 'refused',
    cause,
  });
}

function recordIn(text: string): LockRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // incomplete, or of another program
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, token, command, since, space, identity } = value as Partial<Record<string, unknown>>;
  if (typeof pid !== 'number' || typeof token !== 'string' || token === '') return undefined;
  return {
    pid,
    token,
    command: typeof command === 'string' ? command : 'iisnode-sock',
    since: typeof since === 'number' ? since : undefined,
    space: typeof space === 'string' ? space : undefined,
    identity: typeof identity === 'string' ? identity : undefined,
  };
}

async function isHolderGone(found: Found, watched: Watched, options: LockOptions): Promise<boolean> {
  const { key, record } = found;
  const unchanged = watched.unchangedFor(found);
  if (record === undefined) return key !== 'busy' && unchanged > writingTime;
  const isHere = inThisSpace(record);
  if (isHere) {
    if (!processExists(record.pid)) return true;
    const same = isSameProcess(record);
    if (same !== undefined) return !same;
  }
  const { answers, silence = longestSilence } = options;
  if (answers !== undefined) return !(await answers(record));
  if (unchanged <= silence) return false;
  if (!isHere) return true;
  // A holder that computes for long, or whose machine slept, has no heartbeat either.
  if (await hasBegunLater(record, options)) return true;
  watched.startAgain();
  return false;
}

/** Has another process the holder's ID? Only one process at a time has it: one that began before the lock was taken is the holder. */
async function hasBegunLater({ pid, since }: LockRecord, options: LockOptions): Promise<boolean> {
  const start = since === undefined ? undefined : await (options.processStart ?? processStart)(pid, options.signal);
  return since !== undefined && start !== undefined && start > since + startTolerance;
}

/** Records of older versions have no namespace: assume this machine. */
const inThisSpace = ({ space }: LockRecord): boolean => space === undefined || space === processSpace();

/** undefined: the system cannot tell. */
function isSameProcess({ pid, identity }: LockRecord): boolean | undefined {
  const now = processIdentity(pid);
  return now === undefined || identity === undefined ? undefined : now === identity;
}

/** What a waiting process knows about the lock, measured by its own clock. */
class Watched {
  #key: string | undefined;
  #touched: number | undefined;
  #since = 0;
  #told: string | undefined;

  /** How long, in ms, neither the holder nor the time of the file has changed. */
  unchangedFor({ key, touched }: Found): number {
    if (key !== this.#key || touched !== this.#touched) {
      this.#key = key;
      this.#touched = touched;
      this.#since = performance.now();
    }
    return performance.now() - this.#since;
  }

  /** The system is asked about the process again after the same time. */
  startAgain(): void {
    this.#since = performance.now();
  }

  tell({ key, record }: Found, { onWait }: LockOptions): void {
    if (record === undefined || key === this.#told) return;
    this.#told = key;
    onWait?.(record);
  }
}

function throwWhenLate(file: string, { record }: Found, waited: number, { patience }: LockOptions): void {
  // An invalid lock file may still be being written: wait.
  const limit = record === undefined ? Math.max(patience, 2 * writingTime) : patience;
  if (waited >= limit) throw new LockHeld(file, record);
}

/**
 * Removes the lock of a holder that has ended. Only one process at a time may do it, and only while it is still that holder's: of
 * two processes that saw the same, the slower one would otherwise remove the lock that the faster one has taken meanwhile.
 */
function removeDead(file: string, { key }: Found, own: LockRecord): void {
  const guard = `${file}.${createHash('sha256').update(key).digest('hex').slice(0, 16)}.gone`;
  if (!createExclusive(guard, JSON.stringify(own))) {
    const other = readLock(guard);
    if (other?.record === undefined || !processExists(other.record.pid)) rmSync(guard, { force: true });
    return;
  }
  try {
    if (readLock(file)?.key === key) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

class HeldLock implements Lock {
  readonly #file: string;
  readonly #token: string;
  readonly #beating: NodeJS.Timeout | undefined;

  constructor(file: string, token: string, { answers }: LockOptions) {
    this.#file = file;
    this.#token = token;
    // A holder that can be asked may keep the lock for weeks: no disk writes are needed.
    if (answers === undefined) this.#beating = setInterval(() => this.#beat(), heartbeat).unref();
  }

  #beat(): void {
    const now = new Date();
    try {
      utimesSync(this.#file, now, now);
    } catch {
      // Removed by hand, or the disk is gone: the protected work continues.
    }
  }

  release(): void {
    clearInterval(this.#beating);
    try {
      if (readLock(this.#file)?.record?.token === this.#token) rmSync(this.#file, { force: true });
    } catch {
      // The file stays, and is taken over when this process has ended.
    }
  }
}
