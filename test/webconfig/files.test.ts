import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskReader, writeFileAtomic } from '../../src/webconfig/index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'iisnode-sock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const text = (file: string): string | undefined => {
  const bytes = diskReader.read(file);
  return bytes && Buffer.from(bytes).toString();
};

describe('the disk reader', () => {
  it('finds web.config in any case, the exact name first', () => {
    writeFileSync(path.join(folder, 'Web.Config'), 'other case');
    expect(text(path.join(folder, 'web.config'))).toBe('other case');
    expect(text(path.join(folder, 'WEB.CONFIG'))).toBe('other case');
    writeFileSync(path.join(folder, 'web.config'), 'exact');
    expect(text(path.join(folder, 'web.config'))).toBe('exact');
  });

  it('says undefined for what is not there, also below a file', () => {
    writeFileSync(path.join(folder, 'file'), '');
    expect(text(path.join(folder, 'web.config'))).toBeUndefined();
    expect(text(path.join(folder, 'none', 'web.config'))).toBeUndefined();
    expect(text(path.join(folder, 'file', 'web.config'))).toBeUndefined();
    expect(text(path.join(folder, 'a\0b'))).toBeUndefined();
  });

  it('tells folders from files and from what is not there, whatever the name', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const names = ['.', 'file', 'none', 'file/below', 'a\0b', 'x'.repeat(5000)];
    expect(names.map((name) => diskReader.isDirectory?.(path.join(folder, name)))).toEqual([
      true,
      ...Array(5).fill(false),
    ]);
  });

  it('throws where something is there that cannot be read', () => {
    mkdirSync(path.join(folder, 'web.config'));
    expect(() => diskReader.read(path.join(folder, 'web.config'))).toThrow();
  });
});

describe('an atomic write', () => {
  it('makes and replaces a file, and leaves nothing else behind', async () => {
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

  it.skipIf(process.platform === 'win32')('goes through a symbolic link', async () => {
    writeFileSync(path.join(folder, 'real'), 'old');
    symlinkSync('real', path.join(folder, 'link'));
    await writeFileAtomic(path.join(folder, 'link'), 'new');
    expect(readFileSync(path.join(folder, 'real'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['link', 'real']);
  });

  it('leaves the file as it was when it fails', async () => {
    const taken = path.join(folder, 'taken');
    mkdirSync(path.join(taken, 'full'), { recursive: true });
    await expect(writeFileAtomic(taken, 'x')).rejects.toThrow();
    await expect(writeFileAtomic(path.join(folder, 'none', 'file'), 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('is never seen half done by a reader', async () => {
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
