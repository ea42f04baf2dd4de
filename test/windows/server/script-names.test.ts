import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { batch } from '../../../src/deploy/script/batch.js';
import { type ChangeItem, contentOf, type ScriptPart } from '../../../src/deploy/script/script-part.js';
import { temporaryFolder } from '../../support/cli.js';
import { randomFrom, seed } from '../../support/seed.js';
import { windowsPath } from '../windows-node.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: 80 });
});

afterAll(async () => {
  await server?.close();
  await remove();
});

/**
 * What a name may have that cmd.exe reads in its own way. A quote is in no name of IIS and of Windows' files. Not the percent sign: wine's
 * cmd.exe, unlike that of Windows, looks for variables in the value of one, too (as text of the script it is in quoting.test.ts).
 */
const pieces = [
  ..." ^&|<>()!=,;'`@~#$*?[]{}+-:.aZ0",
  '\\x',
  '^^',
  '&&',
  ' & echo hit>hit.txt & ',
  ') else (',
  '!x!',
  '^!',
];

const names = ((): string[] => {
  const random = randomFrom(seed);
  const one = (): string => Array.from({ length: 10 }, () => pieces[Math.floor(random() * pieces.length)]).join('');
  return Array.from({ length: 2_000 }, (_, index) => `${index}${one()}.`);
})();

const perCall = 40;

/** Gives 40 variables a name each, asks each whether it is that name, and hands all of them to one program. */
const calls: ChangeItem[] = Array.from({ length: names.length / perCall }, (_, call) => {
  const given = names.slice(call * perCall, (call + 1) * perCall);
  return [
    ...given.map((value, index): ChangeItem => ({ kind: 'assign', into: `NAME_${index}`, value })),
    ...given.map(
      (value, index): ChangeItem => ({
        kind: 'assign',
        into: `SAME_${index}`,
        value: 'yes',
        when: [{ variable: `NAME_${index}`, equals: value }],
      }),
    ),
    {
      kind: 'run',
      program: 'icacls',
      args: given.flatMap((_value, index) => [[contentOf(`NAME_${index}`)], [contentOf(`SAME_${index}`)]]),
    } satisfies ChangeItem,
    ...given.map((text): ChangeItem => ({ kind: 'say', text })),
  ];
}).flat();

it('2,000 hostile names are those of the variables, the conditions and the messages of a .bat', async () => {
  const part: ScriptPart = { why: 'Names.', look: [], change: calls, undo: [], remove: [] };
  const look = { isChecked: false, bindings: ['list', 'site', '/site.name:none', '/text:bindings'], path: '/' };
  const text = batch({ title: 'Names.', name: 'names.bat', folder: '', checks: [], parts: [part], look });
  writeFileSync(path.join(folder, 'names.bat'), text);
  server.intervene = ({ program }) => (program === 'icacls.exe' ? { exitCode: 0, stdout: '' } : undefined);
  const output = path.join(folder, 'output.txt');
  const child = spawn(
    'wine',
    ['cmd', '/d', '/c', windowsPath(path.join(folder, 'names.bat')), '>', windowsPath(output)],
    {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, ...server.environment },
    },
  );
  expect(await once(child, 'exit')).toEqual([0, null]);
  const arrived = server.calls.filter(({ program }) => program === 'icacls.exe').flatMap(({ args }) => args);
  expect(arrived).toEqual(names.flatMap((name) => [name, 'yes']));
  expect(readFileSync(output, 'utf8').split('\r\n').slice(0, names.length)).toEqual(names);
  expect(existsSync(path.join(folder, 'hit.txt'))).toBe(false);
});
