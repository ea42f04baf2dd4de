import fs, { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { otherSpelling, spellingOnDisk } from '../../src/files/index.js';
import { testFolder } from './folder.js';

describe.runIf(process.platform === 'linux')('the spelling of a name on a case-sensitive disk', () => {
  it('is found for files and the folders on the way; the exact one comes first', () => {
    const folder = testFolder();
    mkdirSync(path.join(folder, 'Bin'));
    writeFileSync(path.join(folder, 'Bin', 'Www'), '');
    const asked = path.join(folder, 'bin', 'www');
    expect(spellingOnDisk(asked)).toBe(path.join(folder, 'Bin', 'Www'));
    writeFileSync(path.join(folder, 'Bin', 'www'), '');
    expect(spellingOnDisk(path.join(folder, 'Bin', 'www'))).toBe(path.join(folder, 'Bin', 'www'));
  });

  it('is none for a missing file of any name', () => {
    const folder = testFolder();
    writeFileSync(path.join(folder, 'file'), '');
    for (const name of ['none', 'none/below', 'file/below', 'a\0b', 'x'.repeat(5000), 'a/'.repeat(200)]) {
      expect(spellingOnDisk(path.join(folder, name)), name.slice(0, 20)).toBeUndefined();
    }
  });

  it('is seen at once when names change', () => {
    const folder = testFolder();
    const asked = path.join(folder, 'web.config');
    writeFileSync(path.join(folder, 'Web.config'), '');
    expect(otherSpelling(asked)).toBe(path.join(folder, 'Web.config'));
    renameSync(path.join(folder, 'Web.config'), path.join(folder, 'WEB.CONFIG'));
    expect(otherSpelling(asked)).toBe(path.join(folder, 'WEB.CONFIG'));
    rmSync(path.join(folder, 'WEB.CONFIG'));
    expect(otherSpelling(asked)).toBeUndefined();
  });

  it('is seen at once when names change in a folder that was unchanged for so long that its listing is kept', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    const folder = testFolder();
    const asked = path.join(folder, 'web.config');
    writeFileSync(path.join(folder, 'Web.config'), '');
    expect(otherSpelling(asked)).toBe(path.join(folder, 'Web.config'));
    const { ctimeMs } = statSync(folder);
    // The file system's clock advances in steps.
    while (statSync(folder).ctimeMs === ctimeMs) chmodSync(folder, 0o700);
    renameSync(path.join(folder, 'Web.config'), path.join(folder, 'WEB.CONFIG'));
    expect(otherSpelling(asked)).toBe(path.join(folder, 'WEB.CONFIG'));
  });

  it('is not said to be missing where no more files can be opened', () => {
    const folder = testFolder();
    writeFileSync(path.join(folder, 'Web.config'), '');
    const { readdirSync } = fs;
    onTestFinished(() => {
      fs.readdirSync = readdirSync;
      syncBuiltinESMExports();
    });
    fs.readdirSync = () => {
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE', syscall: 'scandir' });
    };
    syncBuiltinESMExports();
    const asked = path.join(folder, 'web.config');
    for (const find of [otherSpelling, spellingOnDisk]) {
      expect(() => find(asked)).toThrow(expect.objectContaining({ code: 'TOO_MANY_OPEN_FILES', exitCode: 1 }));
    }
  });

  it('is the same one each time if there are two', () => {
    const folder = testFolder();
    for (const name of ['b.JS', 'B.js', 'b.Js']) writeFileSync(path.join(folder, name), '');
    expect(otherSpelling(path.join(folder, 'b.js'))).toBe(path.join(folder, 'B.js'));
  });

  it.skipIf(process.getuid?.() === 0)('is none in a folder that may not be listed', () => {
    const folder = testFolder();
    writeFileSync(path.join(folder, 'Web.config'), '');
    chmodSync(folder, 0o300);
    try {
      expect(spellingOnDisk(path.join(folder, 'web.config'))).toBeUndefined();
    } finally {
      chmodSync(folder, 0o700);
    }
  });
});
