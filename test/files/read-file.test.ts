import { createReadStream, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  FileError,
  openRegularFile,
  readFile,
  readFileSync,
  readIfThere,
  readIfThereSync,
  regularFilesOnly,
} from '../../src/files/index.js';
import { makePipe, makeSocket, testFolder } from './folder.js';

const isPosix = process.platform !== 'win32';

/** All forms of reading, with the whole content as text. */
const forms: [string, (file: string, limit: number) => Promise<string>][] = [
  ['readFileSync', async (file, limit) => readFileSync(file, limit).toString()],
  ['readFile', async (file, limit) => (await readFile(file, limit)).toString()],
  ['readIfThereSync', async (file, limit) => String(readIfThereSync(file, limit))],
  ['readIfThere', async (file, limit) => String(await readIfThere(file, limit))],
];
const opening: [string, (file: string) => Promise<string>][] = [
  [
    'openRegularFile',
    async (file) => {
      const { handle } = await openRegularFile(file);
      return handle.readFile('utf8').finally(() => handle.close());
    },
  ],
  ['a stream with regularFilesOnly', (file) => text(createReadStream(file, { fs: regularFilesOnly }))],
];
const all: [string, (file: string, limit: number) => Promise<string>][] = [...forms, ...opening];

async function failure(read: Promise<unknown>): Promise<FileError> {
  const error = await read.then(
    (value) => new Error(`it was read: ${String(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FileError)) throw error;
  return error;
}

describe.each(all)('%s', (_name, read) => {
  it('returns the content of a file, also through a link, and of an empty one', async () => {
    const folder = testFolder();
    const file = path.join(folder, 'a.txt');
    writeFileSync(file, 'Grüße\r\n');
    symlinkSync(file, path.join(folder, 'link'));
    writeFileSync(path.join(folder, 'empty'), '');
    expect(await read(file, 1000)).toBe('Grüße\r\n');
    expect(await read(path.join(folder, 'link'), 1000)).toBe('Grüße\r\n');
    expect(await read(path.join(folder, 'empty'), 1000)).toBe('');
  });

  it.runIf(isPosix)('rejects at once what is not a regular file, with its kind', async () => {
    const folder = testFolder();
    const pipe = makePipe(path.join(folder, 'pipe'));
    symlinkSync(pipe, path.join(folder, 'link'));
    const kinds: [string, string][] = [
      [pipe, 'It is a named pipe, not a regular file.'],
      [path.join(folder, 'link'), 'It is a named pipe, not a regular file.'],
      [await makeSocket(path.join(folder, 'socket')), 'It is a socket, not a regular file.'],
      ['/dev/zero', 'It is a device, not a regular file.'],
      [folder, 'It is a folder, not a regular file.'],
    ];
    for (const [file, why] of kinds) {
      const { code, what, problem, ...error } = await failure(read(file, 1000));
      expect({ code, what, problem, why: error.why }).toEqual({
        code: 'FILE_NOT_REGULAR',
        what: `cannot read ${file}`,
        problem: 'not-regular',
        why,
      });
    }
  });

  it.runIf(isPosix)('reports a link to itself as such', async () => {
    const loop = path.join(testFolder(), 'loop');
    symlinkSync('loop', loop);
    const error = await failure(read(loop, 1000));
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', problem: 'unreadable', system: 'ELOOP' });
  });
});

describe.each(forms)('%s', (_name, read) => {
  it('reads a file of exactly the limit and rejects one byte more', async () => {
    const file = path.join(testFolder(), 'a');
    writeFileSync(file, 'x'.repeat(100_000));
    expect(await read(file, 100_000)).toHaveLength(100_000);
    const error = await failure(read(file, 99_999));
    expect(error).toMatchObject({ code: 'FILE_TOO_LARGE', problem: 'too-large', what: `cannot read ${file}` });
    expect(error.why).toBe('It is larger than 98 KB, the limit for this kind of file.');
  });

  it('rejects a huge file without reading it', async () => {
    const file = path.join(testFolder(), 'huge');
    writeFileSync(file, '');
    truncateSync(file, 2 ** 40);
    expect(await failure(read(file, 1024 * 1024))).toMatchObject({
      why: 'It is larger than 1 MB, the limit for this kind of file.',
    });
  });

  it.runIf(process.platform === 'linux')('reads a file with a reported size of 0, up to the limit', async () => {
    expect(await read('/proc/self/status', 100_000)).toMatch(/^VmRSS:/m);
    expect((await read('/proc/self/smaps', 64 * 1024 * 1024)).length).toBeGreaterThan(20_000);
    expect(await failure(read('/proc/self/smaps', 10_000))).toMatchObject({ problem: 'too-large' });
  });
});

describe('a missing file', () => {
  const names = ['none', 'file/below', `${'n'.repeat(5000)}`, 'nul\0name'];

  it('is FILE_NOT_FOUND, or undefined if the caller chose that', async () => {
    const folder = testFolder();
    writeFileSync(path.join(folder, 'file'), '');
    symlinkSync('nowhere', path.join(folder, 'dangling'));
    for (const name of [...names, 'dangling']) {
      const file = path.join(folder, name);
      for (const [form, read] of all.filter(([form]) => !form.startsWith('readIfThere'))) {
        // createReadStream itself throws for a name with NUL.
        if (form.startsWith('a stream') && name.includes('\0')) continue;
        expect(await failure(read(file, 100))).toMatchObject({ code: 'FILE_NOT_FOUND', problem: 'absent', file });
      }
      expect(readIfThereSync(file, 100)).toBeUndefined();
      expect(await readIfThere(file, 100)).toBeUndefined();
    }
  });
});

it.runIf(isPosix)('never waits for a named pipe that takes the place of a file while it is opened', async () => {
  const folder = testFolder();
  const file = path.join(folder, 'a');
  writeFileSync(path.join(folder, 'file'), 'text');
  writeFileSync(file, 'text');
  makePipe(path.join(folder, 'pipe'));
  // Link and rename put either of them there in one step, as fast as the disk allows.
  const swap = `
    const { linkSync, renameSync } = require('node:fs');
    const { workerData: { folder, file, stop }, parentPort } = require('node:worker_threads');
    const end = new Int32Array(stop);
    for (let n = 0; Atomics.load(end, 0) === 0; n++) {
      linkSync(folder + (n % 2 ? '/pipe' : '/file'), folder + '/next');
      renameSync(folder + '/next', file);
      if (n === 0) parentPort.postMessage('swapping');
    }`;
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(swap, { eval: true, workerData: { folder, file, stop } });
  onTestFinished(async () => {
    Atomics.store(new Int32Array(stop), 0, 1);
    await worker.terminate();
  });
  await new Promise((resolve) => worker.once('message', resolve));
  const seen = new Set<string>();
  for (let n = 0; n < 1500; n++) {
    for (const [, read] of all) {
      seen.add(
        await read(file, 100).catch((error: unknown) => (error instanceof FileError ? error.why : String(error))),
      );
    }
  }
  expect([...seen].sort()).toEqual(['It is a named pipe, not a regular file.', 'text']);
});

it('leaves no descriptor open in any case', async () => {
  const folder = testFolder();
  const file = path.join(folder, 'a');
  writeFileSync(file, 'x'.repeat(1000));
  mkdirSync(path.join(folder, 'sub'));
  const { fd: before } = await openDescriptor(file);
  for (const [, read] of all) {
    for (const name of [file, path.join(folder, 'sub'), path.join(folder, 'none')]) {
      await read(name, 10).catch(() => undefined);
    }
  }
  expect((await openDescriptor(file)).fd).toBe(before);
});

async function openDescriptor(file: string): Promise<{ fd: number }> {
  const { handle } = await openRegularFile(file);
  const { fd } = handle;
  await handle.close();
  return { fd };
}
