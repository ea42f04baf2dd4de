import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { folderProblem, requireFolder } from '../../src/files/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(path.join(folder, 'app'));
writeFileSync(path.join(folder, 'file'), '');
if (process.platform !== 'win32') {
  symlinkSync('loop', path.join(folder, 'loop'));
  symlinkSync('nowhere', path.join(folder, 'broken'));
  symlinkSync('app', path.join(folder, 'link'));
}

const refusalOf = (name: string, more: object = {}): UserError => {
  try {
    requireFolder(path.join(folder, name), { shown: name, next: 'name another', ...more });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('not refused');
};

describe('a path that should be a folder', () => {
  const cases: [string, string, string, string, RegExp][] = [
    ['is absent', 'no', 'DIRECTORY_NOT_FOUND', 'there is no folder no', /^\S+ has nothing of that name\.$/],
    [
      'is below an absent one',
      'no/a/b',
      'DIRECTORY_NOT_FOUND',
      'there is no folder no/a/b',
      /^(?!.*\bno\b.*has)\S+ has nothing of that name\.$/,
    ],
    [
      'is a file',
      'file',
      'DIRECTORY_NOT_FOUND',
      'file is a file, not a folder',
      /^It is a regular file, not a folder\.$/,
    ],
    ['contains a NUL', 'a\0b', 'DIRECTORY_NOT_FOUND', 'there is no folder a\0b', /NUL/],
  ];
  const posixCases: typeof cases = [
    ['is below a file', 'file/x', 'DIRECTORY_NOT_FOUND', 'there is no folder file/x', /part of its path is a file/],
    [
      'has a name too long',
      'a'.repeat(300),
      'DIRECTORY_NOT_FOUND',
      `there is no folder ${'a'.repeat(300)}`,
      /longer than/,
    ],
    ['is too long', 'a/'.repeat(3000), 'DIRECTORY_NOT_FOUND', `there is no folder ${'a/'.repeat(3000)}`, /longer than/],
    ['is a link to itself', 'loop', 'DIRECTORY_UNREADABLE', 'cannot read the folder loop', /leads back to itself/],
    ['is below a link to itself', 'loop/x', 'DIRECTORY_UNREADABLE', 'cannot read the folder loop/x', /leads back/],
    [
      'is a broken link',
      'broken',
      'DIRECTORY_NOT_FOUND',
      'there is no folder broken',
      /^It is a link to something that does not exist\.$/,
    ],
  ];
  it.each([...cases, ...(process.platform === 'win32' ? [] : posixCases)])(
    'and %s is refused with the reason',
    (_what, name, code, what, why) => {
      expect(refusalOf(name)).toMatchObject({ code, what, why: expect.stringMatching(why), exit: 'usage' });
    },
  );

  it('is accepted when it is one, or a link to one', () => {
    const names = process.platform === 'win32' ? ['app'] : ['app', 'link'];
    for (const name of names) {
      expect(folderProblem(path.join(folder, name))).toBeUndefined();
      requireFolder(path.join(folder, name), { next: '' });
    }
  });

  it('and is a file: its folder is named, with the code and the sentence of the command', () => {
    expect(refusalOf('file', { codeOfFile: 'DIRECTORY_IS_FILE', also: 'Nothing was deployed.' })).toMatchObject({
      code: 'DIRECTORY_IS_FILE',
      why: 'It is a regular file, not a folder. Nothing was deployed.',
      next: 'name its folder: .',
    });
  });
});
