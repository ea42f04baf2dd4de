import { existsSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderObstacle, makeFolder, WriteError } from '../../src/files/index.js';
import { testFolder } from './folder.js';

let root: string;
beforeEach(() => {
  root = testFolder();
});

/** Places where no folder can be made; those that a test needs are created below `root`. */
const impossible: readonly [what: string, place: () => string, why: RegExp][] = [
  ['a file is', () => file(), /file is not a folder/],
  ['a file is above it', () => path.join(file(), 'a', 'b'), /file is not a folder/],
  ['a link leads nowhere', () => link('nowhere'), /broken symbolic link/],
  ['a link above it leads nowhere', () => path.join(link('nowhere'), 'a'), /broken symbolic link/],
  ['a link leads to itself', () => path.join(link('link'), 'a'), /leads back to itself/],
  ['a name is too long', () => path.join(root, 'x'.repeat(300), 'a'), /longer than the system allows/],
  ['the path is too long', () => path.join(root, ...Array<string>(3000).fill('xx')), /longer than the system allows/],
  ['the path has a NUL in it', () => path.join(root, 'a\0b'), /NUL/],
];
const inKernel: typeof impossible = [
  ['/proc is above it', () => '/proc/nope', /new folder in \/proc |not let this user/],
  ['/proc is far above it', () => '/proc/nope/deeper/still', /new folder in \/proc |not let this user/],
  ['/proc/PID is above it', () => `/proc/${process.pid}/nope/x`, /new folder in \/proc\/\d+ |not let this user/],
];

function file(): string {
  const name = path.join(root, 'file');
  writeFileSync(name, '');
  return name;
}

function link(target: string): string {
  const name = path.join(root, 'link');
  symlinkSync(target, name);
  return name;
}

describe('a folder', () => {
  it('is made with all above it, and is not changed if it exists', () => {
    const deep = path.join(root, 'a', 'b', 'c');
    makeFolder(deep, 0o700);
    writeFileSync(path.join(deep, 'kept'), '');
    makeFolder(deep);
    expect(readdirSync(deep)).toEqual(['kept']);
    if (process.platform !== 'win32') expect(statSync(path.join(root, 'a')).mode & 0o777).toBe(0o700);
  });

  it('is made through a link, and by a relative path with dots in it', () => {
    mkdirSync(path.join(root, 'real'));
    symlinkSync(path.join(root, 'real'), path.join(root, 'link'), 'junction');
    makeFolder(path.join(root, 'link', 'a'));
    expect(statSync(path.join(root, 'real', 'a')).isDirectory()).toBe(true);
    makeFolder(path.relative(process.cwd(), path.join(root, 'b', '..', 'c')));
    expect(readdirSync(root).sort()).toEqual(['c', 'link', 'real']);
  });

  it.each(process.platform === 'linux' ? [...impossible, ...inKernel] : impossible)(
    'that cannot be made as %s is an error at once, both for who makes it and for who only looks',
    (_what, place, why) => {
      const folder = place();
      expect(folderObstacle(folder)).toMatch(why);
      const before = readdirSync(root, { recursive: true });
      expect(() => makeFolder(folder)).toThrow(WriteError);
      expect(() => makeFolder(folder)).toThrow(expect.objectContaining({ why: expect.stringMatching(why) }));
      expect(readdirSync(root, { recursive: true })).toEqual(before);
    },
  );

  it('has no obstacle if it exists or can be made; the check makes nothing', () => {
    expect(folderObstacle(root)).toBeUndefined();
    expect(folderObstacle(path.join(root, 'a', 'b'))).toBeUndefined();
    expect(existsSync(path.join(root, 'a'))).toBe(false);
    expect(lstatSync(root).isDirectory()).toBe(true);
  });
});
