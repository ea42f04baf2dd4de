import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { holderText, LockHeld, type LockHolder, takeLock, WriteError } from '../../src/files/index.js';
import { makePipe, testFolder } from './folder.js';

const root = path.join(import.meta.dirname, '..', '..');
const built = path.join(root, 'test', '.cache', `files-${process.pid}`);
const bundle = path.join(built, 'files.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [path.join(root, 'src/files/index.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const newLock = (): string => path.join(testFolder(), 'x.lock');
const impatient = { command: 'a test', patience: 0 };
const patient = { command: 'a test', patience: 30_000 };
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

function holder(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const script = path.join(import.meta.dirname, 'holder.mjs');
  const child = spawn(process.execPath, [script, pathToFileURL(bundle).href, ...args]);
  child.stderr.pipe(process.stderr);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Another process that has the lock. */
async function heldByAnother(lock: string): Promise<ChildProcessWithoutNullStreams> {
  const child = holder(lock, 'hold');
  await once(child.stdout, 'data');
  return child;
}

describe('a lock', () => {
  it('has one process as holder at a time, names it, and leaves no file', async () => {
    const file = newLock();
    const child = await heldByAnother(file);
    const error: unknown = await takeLock(file, impatient).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LockHeld);
    expect(error).toMatchObject({ holder: { pid: child.pid, command: 'holder.mjs' } });
    const told: LockHolder[] = [];
    const taken = takeLock(file, {
      ...patient,
      onWait(who) {
        told.push(who);
        child.stdin.write('let go\n');
      },
    });
    (await taken).release();
    expect(told).toMatchObject([{ pid: child.pid, command: 'holder.mjs', since: expect.any(Number) }]);
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it('has one caller as holder at a time within a process', async () => {
    const file = newLock();
    let inside = 0;
    const most = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const lock = await takeLock(file, patient);
        inside += 1;
        const now = inside;
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        lock.release();
        return now;
      }),
    );
    expect(most).toEqual(Array(10).fill(1));
  });

  it('loses no change of many processes, although they find the lock of a dead one', async () => {
    const file = newLock();
    const counter = path.join(path.dirname(file), 'counter');
    writeFileSync(counter, '0');
    const dead = await heldByAnother(file);
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    const children = Array.from({ length: 6 }, () => holder(file, 'count', counter, '15'));
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number | null));
    expect(codes).toEqual(Array(6).fill(0));
    expect(readFileSync(counter, 'utf8')).toBe('90');
    expect(readdirSync(path.dirname(file))).toEqual(['counter']);
  });

  it('is not waited for after the signal', async () => {
    const file = newLock();
    await heldByAnother(file);
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = takeLock(file, { ...patient, signal: stop.signal, onWait: () => stop.abort(reason) });
    await expect(waiting).rejects.toBe(reason);
  });

  it('of another holder is never released', async () => {
    const file = newLock();
    const lock = await takeLock(file, impatient);
    rmSync(file);
    const other = await takeLock(file, impatient);
    lock.release();
    expect(existsSync(file)).toBe(true);
    other.release();
    other.release();
    expect(existsSync(file)).toBe(false);
  });

  it('that cannot be written is a clean error, and leaves no file', async () => {
    const folder = testFolder();
    await expect(takeLock(path.join(folder, 'none', 'x.lock'), impatient)).rejects.toBeInstanceOf(WriteError);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a dead holder', () => {
  it('loses its lock at once', async () => {
    const file = newLock();
    writeFileSync(file, JSON.stringify({ pid: deadPid(), token: 't', command: 'x', since: Date.now() }));
    (await takeLock(file, impatient)).release();
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it('loses its lock if the process that took it over died while doing so', async () => {
    const file = newLock();
    const record = JSON.stringify({ pid: deadPid(), token: 't', command: 'x', since: Date.now() });
    writeFileSync(file, record);
    const first = await takeLock(file, impatient);
    first.release();
    writeFileSync(file, record);
    // The guard of the same dead lock, left by a process that was killed.
    const guard = `${file}.${createHash('sha256').update('t').digest('hex').slice(0, 16)}.gone`;
    writeFileSync(guard, record);
    (await takeLock(file, impatient)).release();
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('loses its lock although another process has its number now', async () => {
    const file = newLock();
    await takeLock(file, impatient);
    const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    await expect(takeLock(file, impatient)).rejects.toBeInstanceOf(LockHeld);
    writeFileSync(file, JSON.stringify({ ...own, token: 'former', identity: 'boot 1' }));
    (await takeLock(file, impatient)).release();
  });

  it('shows that it is alive by touching its lock', async () => {
    const file = newLock();
    const lock = await takeLock(file, impatient);
    utimesSync(file, new Date(0), new Date(0));
    await expect.poll(() => statSync(file).mtimeMs).toBeGreaterThan(0);
    lock.release();
  });

  it('on another machine loses its lock when it is not touched any more, not before', async () => {
    const file = newLock();
    const space = `${hostname()} elsewhere`;
    writeFileSync(file, JSON.stringify({ pid: deadPid(), token: 't', command: 'x', since: 1, space }));
    let beats = 0;
    const beating = setInterval(() => utimesSync(file, new Date(), ++beats), 50);
    onTestFinished(() => clearInterval(beating));
    const options = { command: 'a test', patience: 2_500, silence: 1_000 };
    await expect(takeLock(file, options)).rejects.toBeInstanceOf(LockHeld);
    clearInterval(beating);
    (await takeLock(file, { ...options, patience: 30_000 })).release();
  });

  describe('on a system that does not identify processes', () => {
    /** Of a process that runs and gives no heartbeat. */
    function silentLock(since: number | undefined): string {
      const file = newLock();
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      onTestFinished(() => void child.kill('SIGKILL'));
      writeFileSync(file, JSON.stringify({ pid: child.pid, token: 't', command: 'x', since }));
      return file;
    }
    const options = { command: 'a test', patience: 1_200, silence: 300 };
    const hour = 3_600_000;

    it('keeps its lock while it runs, also without a heartbeat', async () => {
      const file = silentLock(Date.now());
      await expect(takeLock(file, options)).rejects.toBeInstanceOf(LockHeld);
      expect(existsSync(file)).toBe(true);
    });

    it('loses its lock when another process has its number', async () => {
      const file = silentLock(Date.now() - hour);
      (await takeLock(file, { ...options, patience: 30_000 })).release();
      expect(existsSync(file)).toBe(false);
    });

    it.each([
      ['the system does not tell when its process began', Date.now(), undefined],
      ['it is unknown when it took the lock', undefined, Date.now() + hour],
      ['its process began a moment later, by a clock of whole seconds', 5_000, 6_000],
    ])('keeps its lock where %s', async (_why, since, start) => {
      const asked: number[] = [];
      const processStart = async (pid: number) => {
        asked.push(pid);
        return start;
      };
      const file = silentLock(since);
      await expect(takeLock(file, { ...options, processStart })).rejects.toBeInstanceOf(LockHeld);
      // Not at each look: it starts a program.
      expect(asked.length).toBeLessThan(5);
    });
  });

  it('is asked, if possible, when its process could be another one', async () => {
    const file = newLock();
    const record = { pid: process.pid, token: 't', command: 'x', since: Date.now() };
    writeFileSync(file, JSON.stringify(record));
    const asked: LockHolder[] = [];
    const answers = (answer: boolean) => async (who: LockHolder) => {
      asked.push(who);
      return answer;
    };
    await expect(takeLock(file, { ...impatient, answers: answers(true) })).rejects.toBeInstanceOf(LockHeld);
    (await takeLock(file, { ...impatient, answers: answers(false) })).release();
    expect(asked.map(({ pid }) => pid)).toEqual([process.pid, process.pid]);
  });
});

describe('a lock file', () => {
  it.each([
    ['empty', ''],
    ['cut off', '{"pid":'],
    ['no object', 'null'],
    ['a list', '[1]'],
    ['binary', Buffer.from([0, 255, 254, 128, 10, 0])],
    ['without a process', '{"token":"t"}'],
    ['of a process that is no number', '{"pid":"1","token":"t"}'],
    ['of a negative process', '{"pid":-1,"token":"t","since":1}'],
    ['of process 0', '{"pid":0,"token":"t","since":1}'],
    ['of a process beyond all numbers', '{"pid":1e300,"token":"t","since":1}'],
  ])('that is %s is taken over', async (_what, text) => {
    const file = newLock();
    writeFileSync(file, text);
    (await takeLock(file, impatient)).release();
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  it.each([
    ['in the future', Date.now() + 1e9],
    ['beyond all dates', 1e300],
    ['negative', -5],
    ['a string', 'yesterday'],
    ['not said', undefined],
  ])('of a time that is %s names its holder, and is free when the holder is dead', async (_what, since) => {
    const file = newLock();
    const child = await heldByAnother(file);
    const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...own, since }));
    const error: unknown = await takeLock(file, impatient).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(LockHeld);
    expect((error as LockHeld).message).toContain(`holder.mjs (process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    (await takeLock(file, impatient)).release();
  });

  it('that is a folder is not removed: a clean error with the next step', async () => {
    const file = newLock();
    mkdirSync(path.join(file, 'with something in it'), { recursive: true });
    await expect(takeLock(file, patient)).rejects.toMatchObject({ code: 'LOCK_UNUSABLE', exit: 'refused' });
    expect(existsSync(path.join(file, 'with something in it'))).toBe(true);
  });

  it.runIf(process.platform !== 'win32')('that is a named pipe is a clean error, and is not waited for', async () => {
    await expect(takeLock(makePipe(newLock()), patient)).rejects.toMatchObject({ code: 'LOCK_UNUSABLE' });
  });
});

describe('the description of a holder', () => {
  it('has process, command and time, if the time is valid', () => {
    const who = { pid: 7, command: 'deploy /a' };
    expect(holderText({ ...who, since: 0 })).toBe('deploy /a (process 7, since 1970-01-01T00:00:00.000Z)');
    expect(holderText({ ...who, since: 1e300 })).toBe('deploy /a (process 7)');
    expect(holderText({ ...who, since: undefined })).toBe('deploy /a (process 7)');
  });
});
