import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAppcmdText } from '../src/appcmd/parse-text.js';
import { usageError } from '../src/commands/usage-error.js';
import { posix, win32 } from '../src/config/physical-path.js';
import { reasonInHostLog } from '../src/deploy/app-logs.js';
import type { DeployPlan } from '../src/deploy/plan.js';
import { allowancesInSource } from '../src/doctor/allow/in-source.js';
import { crashReason } from '../src/host/backend/crash-reason.js';
import { CookieJar } from '../src/probe/cookies.js';
import { clientsOfScript, importsOfScript, readPageFiles, readPageScripts } from '../src/source/index.js';
import { growth, linear } from './support/growth.js';

const url = new URL('http://host/');
const script = (text: string) => ({ file: 'http://host/a.js', text });
const cookie = (line: string) => new CookieJar().keep(url, { 'set-cookie': [line] });
const wrongWord = (word: string) =>
  usageError({ code: 'commander.unknownCommand', message: `error: unknown command '${word}'` }, undefined);
const hostSaid = (text: string) =>
  reasonInHostLog(`TIME error CODE  /app ${text}\n`, { directory: '/app' } as unknown as DeployPlan);

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
    ['an entry of appcmd with quotes', (size) => parseAppcmdText(`SITE "${'" ('.repeat(size)}x`)],
    ['an entry of appcmd with brackets', (size) => parseAppcmdText(`SITE "a" (${') '.repeat(size)}x`)],
    ['errors of appcmd that do not end', (size) => parseAppcmdText('ERROR ( message:\n'.repeat(size)), 500],
    ['a wrong word with line ends', (size) => wrongWord(`${'\n(Did you mean '.repeat(size)}x`), 500],
    ['a message of the host with paths', (size) => hostSaid(`${'  /a'.repeat(size)}\r!`)],
    ['a message of the host with commands', (size) => hostSaid(`${'; run npm install in a'.repeat(size)}\r!`), 500],
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
    expect(files.filter((name) => trims.test(readFileSync(path.join(src, name), 'utf8')))).toEqual([]);
  });
});
