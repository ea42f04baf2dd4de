import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { posix, win32 } from '../src/config/physical-path.js';
import { allowancesInSource } from '../src/doctor/allow/in-source.js';
import { crashReason } from '../src/host/backend/crash-reason.js';
import { CookieJar } from '../src/probe/cookies.js';
import { clientsOfScript, importsOfScript, readPageFiles, readPageScripts } from '../src/source/index.js';
import { growth, linear } from './support/growth.js';

const url = new URL('http://host/');
const script = (text: string) => ({ file: 'http://host/a.js', text });
const cookie = (line: string) => new CookieJar().keep(url, { 'set-cookie': [line] });

describe('a long text of others takes the time of its length alone', () => {
  it.each<[string, (size: number) => unknown, number?]>([
    [
      'a path of slashes',
      (size) => [posix.folderOf(`${'/'.repeat(size)}\n`), posix.fold(`${'/'.repeat(size)}x`)],
      3_000,
    ],
    [
      'a path of backslashes',
      (size) => [win32.folderOf(`${'\\'.repeat(size)}\n`), win32.fold(`${'\\'.repeat(size)}x`)],
      3_000,
    ],
    ['a cookie with blanks in its name', (size) => cookie(`a${' '.repeat(size)}b=c`)],
    ['a cookie with blanks in its value', (size) => cookie(`a=b${' '.repeat(size)}c`)],
    ['an attribute of a cookie with blanks', (size) => cookie(`a=b; path=${'/ '.repeat(size)}x`)],
    [
      'a comment of blanks',
      (size) => allowancesInSource('a.js', `// iisnode-sock: allow X because ${' '.repeat(size)}x`),
    ],
    [
      'a reason that repeats',
      (size) => crashReason(`UnhandledPromiseRejection: ${'The promise rejected with the reason "'.repeat(size)}\n`),
      100,
    ],
    ['an import that repeats', (size) => importsOfScript(script(`import '/${'socket.io.a'.repeat(size)}'`)), 300],
    [
      'the address of a client',
      (size) => clientsOfScript(script(`io('/${'?/'.repeat(size)}')`), { address: url, base: url }),
      500,
    ],
    [
      'the address of a script',
      (size) =>
        [readPageScripts, readPageFiles].map((read) =>
          read(script(`<script src="${'?#/ '.repeat(size)}\n"></script>`)),
        ),
      500,
    ],
  ])('%s', (_what, work, size = 1_000) => {
    expect(growth(work, size)).toBeLessThan(linear);
  });
});

// Such a pattern begins again at each character of a run: src/trimmed.ts has what takes its place.
describe('no text is trimmed by a pattern that takes the square of its length', () => {
  const src = path.join(import.meta.dirname, '..', 'src');
  const trims = /\.replace(?:All)?\(\/(?:\[[^\]\n]*\]|\\[^\n]|[^[\\^\n/])[+*]\$\//;
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

  it('in src', () => {
    expect("text.replace(/\\/+$/, '')").toMatch(trims);
    expect(files.filter((name) => trims.test(readFileSync(path.join(src, name), 'utf8')))).toEqual([
      // The name of a package: at most 200 characters.
      path.join('scaffold', 'names.ts'),
    ]);
  });
});
