import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandLine, quoteForBatch } from '../../../src/quoting.js';
import { temporaryFolder } from '../../support/cli.js';
import { randomFrom, seed } from '../../support/seed.js';
import { windowsNode, windowsPath } from '../windows-node.js';
import { bundledProgram } from './bundled.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: 80 });
});

beforeEach(() => {
  server.calls.length = 0;
});

afterAll(async () => {
  await server?.close();
  await remove();
});

/** What CreateProcess, the C runtime, cmd.exe and a .bat read in their own way, and commands that must not run. */
const pieces = [
  ...' \t"\\/^&|<>()%!=,;\'`@~#$*?[]{}+-:.aZ0äß',
  ...[
    '""',
    '\\"',
    '\\\\',
    '^"',
    '%PATH%',
    '%%',
    '%~dp0',
    '!x!',
    ' /c ',
    '& echo hit>hit.txt & ',
    '"&echo hit>hit.txt&"',
  ],
];

function hostile(count: number, mostPieces: number, more: readonly string[] = []): string[] {
  const all = [...pieces, ...more];
  const random = randomFrom(seed);
  const one = (): string =>
    Array.from({ length: Math.floor(random() * (mostPieces + 1)) }, () => all[Math.floor(random() * all.length)]).join(
      '',
    );
  return Array.from({ length: count }, one);
}

const inLists = (words: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(words.length / size) }, (_, index) => words.slice(index * size, (index + 1) * size));

const arrived = (): string[] => server.calls.flatMap(({ args }) => args);

describe('10,000 hostile strings arrive at a Windows program as they are', () => {
  it('through execa', async () => {
    const words = hostile(10_000, 10, ['Ж', '中', '😀']).map((word, index) =>
      index % 50 === 0 ? `${word}\r\n${word}` : word,
    );
    const file = path.join(folder, 'lists.json');
    writeFileSync(file, JSON.stringify(inLists(words, 400)));
    const program = await bundledProgram(folder, 'pass-arguments');
    const run = windowsNode([program, windowsPath(file)], { folder, name: 'execa', environment: server.environment });
    expect(await run.ended(), run.stderr()).toBe(0);
    expect(arrived()).toEqual(words);
  });

  it('through a .bat', async () => {
    const words = hostile(10_000, 6);
    const lines = inLists(words, 150).map((list) => commandLine('C:\\stand-ins\\arguments.exe', list, quoteForBatch));
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(8191); // the longest line of cmd.exe
    const file = path.join(folder, 'all.bat');
    // wine's cmd.exe reads it in this code page, whatever chcp says.
    writeFileSync(file, iconv.encode(['@echo off', ...lines, ''].join('\r\n'), 'cp437'));
    const child = spawn('wine', ['cmd', '/d', '/c', windowsPath(file)], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, ...server.environment },
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(arrived()).toEqual(words);
    expect(existsSync(path.join(folder, 'hit.txt'))).toBe(false);
  });
});
