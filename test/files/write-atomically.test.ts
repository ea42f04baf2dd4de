import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExclusive, WriteError, writeFileAtomic } from '../../src/files/index.js';
import { testFolder } from './folder.js';

let folder: string;
beforeEach(() => {
  folder = testFolder();
});

describe('an atomic write', () => {
  it('makes and replaces a file, and leaves no other file', async () => {
    const file = path.join(folder, 'web.config');
    await writeFileAtomic(file, 'é one');
    await writeFileAtomic(file, new Uint8Array([1, 2]));
    expect([...readFileSync(file)]).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(['web.config']);
  });

  it.skipIf(process.platform === 'win32')('keeps the mode', async () => {
    const file = path.join(folder, 'web.config');
    writeFileSync(file, '');
    chmodSync(file, 0o606);
    await writeFileAtomic(file, 'x');
    expect(statSync(file).mode & 0o777).toBe(0o606);
  });

  it.skipIf(process.platform === 'win32')('follows a symbolic link', async () => {
    writeFileSync(path.join(folder, 'real'), 'old');
    symlinkSync('real', path.join(folder, 'link'));
    await writeFileAtomic(path.join(folder, 'link'), 'new');
    expect(readFileSync(path.join(folder, 'real'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['link', 'real']);
  });

  it('does not change the file when it fails', async () => {
    const taken = path.join(folder, 'taken');
    mkdirSync(path.join(taken, 'full'), { recursive: true });
    await expect(writeFileAtomic(taken, 'x')).rejects.toThrow(WriteError);
    await expect(writeFileAtomic(path.join(folder, 'none', 'file'), 'x')).rejects.toThrow(WriteError);
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('is never seen incomplete by a reader', async () => {
    const file = path.join(folder, 'web.config');
    const contents = ['a', 'b'].map((letter) => letter.repeat(200_000));
    await writeFileAtomic(file, contents[0] ?? '');
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, index) => writeFileAtomic(file, contents[index % 2] ?? '')),
    );
    let done = false;
    void writing.then(() => {
      done = true;
    });
    while (!done) {
      expect(contents).toContain(readFileSync(file, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    expect(readdirSync(folder)).toEqual(['web.config']);
  });
});

describe('a file that must not exist yet', () => {
  it('is created once, with its whole content', () => {
    const file = path.join(folder, 'a');
    expect(createExclusive(file, 'first')).toBe(true);
    expect(createExclusive(file, 'second')).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('is not created if its name is in use, or if there is no folder', () => {
    mkdirSync(path.join(folder, 'taken'));
    expect(createExclusive(path.join(folder, 'taken'), 'x')).toBe(false);
    expect(() => createExclusive(path.join(folder, 'none', 'a'), 'x')).toThrow(WriteError);
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe.runIf(process.platform !== 'win32')('a disk that is full', () => {
  /** Runs code with the bundle of src/files where a file can grow to 8 KB and no further. */
  function withSmallDisk(code: string): { readonly output: string } {
    const bundle = path.join(folder, 'files.mjs');
    buildSync({
      entryPoints: [path.join(import.meta.dirname, '../../src/files/index.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const script = path.join(folder, 'script.mjs');
    writeFileSync(script, `import { createExclusive, writeFileAtomic } from './files.mjs';\n${code}`);
    // The signal that would end the process is ignored, so that the write fails in the middle, as on a full disk.
    const shell = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`;
    const output = execFileSync('sh', ['-c', shell, process.execPath, script], { cwd: folder, encoding: 'utf8' });
    rmSync(bundle);
    rmSync(script);
    return { output };
  }
  const told = 'console.log(error.name, error.code, error.system)';

  it('leaves the old file complete, and no temporary one', () => {
    writeFileSync(path.join(folder, 'a'), 'old');
    const { output } = withSmallDisk(`await writeFileAtomic('a', 'x'.repeat(100_000)).catch((error) => ${told});`);
    expect(output).toBe('UserError FILE_NOT_WRITTEN EFBIG\n');
    expect(readFileSync(path.join(folder, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('leaves no part of a new file', () => {
    const { output } = withSmallDisk(`try { createExclusive('a', 'x'.repeat(100_000)); } catch (error) { ${told}; }`);
    expect(output).toBe('UserError FILE_NOT_WRITTEN EFBIG\n');
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('an error of too many open files says what to raise, not to free disk space', () => {
  const cause = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', syscall: 'open' });
  expect(new WriteError('x', 'file', cause)).toMatchObject({
    code: 'FILE_NOT_WRITTEN',
    why: expect.stringContaining('too many files open (EMFILE)'),
    next: expect.not.stringContaining('disk'),
  });
  expect(new WriteError('x', 'file', Object.assign(new Error(''), { code: 'ENOSPC' })).next).toContain('disk');
});
