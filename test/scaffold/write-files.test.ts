import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcome, writeFiles } from '../../src/scaffold/write-files.js';
import { folderWith, textsIn } from './workspace.js';

const isRoot = process.getuid?.() === 0;

describe('writing', () => {
  it('makes folders and files, and leaves nothing else behind', () => {
    const folder = path.join(folderWith(), 'a', 'b');
    writeFiles(folder, [{ file: 'x/y.txt', before: undefined, after: 'new' }]).keep();
    expect(textsIn(folder)).toEqual({ 'x/y.txt': 'new' });
  });

  it('keeps a replaced file under the name it is given', () => {
    const folder = folderWith({ 'a.txt': 'old' });
    const edits = [{ file: 'a.txt', before: 'old', after: 'new', backup: 'a.txt.bak' }];
    writeFiles(folder, edits).keep();
    expect(textsIn(folder)).toEqual({ 'a.txt': 'new', 'a.txt.bak': 'old' });
    expect(outcome(edits)).toEqual([
      { file: 'a.txt', action: 'changed' },
      { file: 'a.txt.bak', action: 'kept' },
    ]);
  });

  it('writes a changed file in its own encoding, with its own rights', () => {
    const folder = folderWith();
    const file = path.join(folder, 'web.config');
    writeFileSync(file, Buffer.from('\uFEFF<a />', 'utf16le'));
    if (process.platform !== 'win32') chmodSync(file, 0o640);
    writeFiles(folder, [{ file: 'web.config', before: '<a />', after: '<b />' }]).keep();
    expect(readFileSync(file)).toEqual(Buffer.from('\uFEFF<b />', 'utf16le'));
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['web.config']);
  });

  it.skipIf(process.platform === 'win32')('changes the file that a link points to, and back again', () => {
    const folder = folderWith({ 'shared/web.config': 'old' });
    mkdirSync(path.join(folder, 'app'));
    const link = path.join(folder, 'app', 'web.config');
    symlinkSync('../shared/web.config', link);
    const written = writeFiles(path.join(folder, 'app'), [{ file: 'web.config', before: 'old', after: 'new' }]);
    expect(textsIn(folder)['shared/web.config']).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    written.rollBack(undefined);
    expect(textsIn(folder)).toEqual({ 'shared/web.config': 'old' });
    expect(readFileSync(link, 'utf8')).toBe('old');
  });

  it('writes over nothing that changed since it was read', () => {
    const folder = folderWith({ 'a.txt': 'somebody else wrote this', 'b.txt': 'b' });
    const edits = [
      { file: 'b.txt', before: 'b', after: 'new b' },
      { file: 'a.txt', before: 'old', after: 'new' },
    ];
    expect(() => writeFiles(folder, edits)).toThrow(
      expect.objectContaining({ code: 'FILE_CHANGED_MEANWHILE', exitCode: 1 }),
    );
    expect(textsIn(folder)).toEqual({ 'a.txt': 'somebody else wrote this', 'b.txt': 'b' });
  });

  it.each([0, 1, 2])('when the write number %i fails the earlier ones are rolled back', (fails) => {
    const folder = folderWith({ 'f1.txt': 'one', 'f2.txt': 'two' });
    const edits = [
      { file: 'new/f0.txt', before: undefined, after: 'zero' },
      { file: 'f1.txt', before: 'one', after: 'ONE' },
      { file: 'f2.txt', before: 'two', after: 'TWO', backup: 'f2.txt.bak' },
    ];
    // A folder stands where the file should go.
    const inTheWay = edits.map((edit, at) =>
      at === fails ? { ...edit, file: 'blocked/x.txt', before: undefined } : edit,
    );
    mkdirSync(path.join(folder, 'blocked', 'x.txt', 'y'), { recursive: true });
    expect(() => writeFiles(folder, inTheWay)).toThrow();
    expect(textsIn(folder)).toEqual({ 'f1.txt': 'one', 'f2.txt': 'two' });
    expect(existsSync(path.join(folder, 'new'))).toBe(false);
    expect(readdirSync(folder).sort()).toEqual(['blocked', 'f1.txt', 'f2.txt']);
  });

  it('can be rolled back later, as long as it was not kept', () => {
    const parent = folderWith();
    const folder = path.join(parent, 'app');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'a.txt'), 'old');
    const written = writeFiles(folder, [
      { file: 'a.txt', before: 'old', after: 'new' },
      { file: 'deep/b.txt', before: undefined, after: 'b' },
    ]);
    written.rollBack(undefined);
    expect(textsIn(parent)).toEqual({ 'app/a.txt': 'old' });
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  it.skipIf(isRoot || process.platform === 'win32')(
    'says that nothing was changed in a folder that cannot be written',
    () => {
      const folder = folderWith();
      chmodSync(folder, 0o500);
      const edits = [{ file: 'a.txt', before: undefined, after: 'a' }];
      expect(() => writeFiles(folder, edits)).toThrow(expect.objectContaining({ code: 'WRITE_FAILED', exitCode: 1 }));
      chmodSync(folder, 0o700);
    },
  );
});
