import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskReader } from '../../src/webconfig/index.js';

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

  it('returns undefined for a missing file, also below a file', () => {
    writeFileSync(path.join(folder, 'file'), '');
    expect(text(path.join(folder, 'web.config'))).toBeUndefined();
    expect(text(path.join(folder, 'none', 'web.config'))).toBeUndefined();
    expect(text(path.join(folder, 'file', 'web.config'))).toBeUndefined();
    expect(text(path.join(folder, 'a\0b'))).toBeUndefined();
  });

  it('distinguishes folders, files and missing paths, with any name', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const names = ['.', 'file', 'none', 'file/below', 'a\0b', 'x'.repeat(5000)];
    expect(names.map((name) => diskReader.isDirectory?.(path.join(folder, name)))).toEqual([
      true,
      ...Array(5).fill(false),
    ]);
  });

  it('throws if a file exists but cannot be read', () => {
    mkdirSync(path.join(folder, 'web.config'));
    expect(() => diskReader.read(path.join(folder, 'web.config'))).toThrow();
  });
});
