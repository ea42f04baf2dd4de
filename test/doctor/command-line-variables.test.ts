import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

const only = ['COMMAND_LINE_NOT_NODE'];

async function messagesFor(commandLine: string, environment = {}): Promise<string[]> {
  const cwd = copyOf('command-line-options');
  const file = path.join(cwd, 'web.config');
  const text = readFileSync(file, 'utf8').replace(
    /nodeProcessCommandLine="[^"]*"/,
    () => `nodeProcessCommandLine="${commandLine}"`,
  );
  expect(text).toContain(commandLine);
  writeFileSync(file, text);
  const { findings } = await diagnose('.', { cwd, only, environment });
  return findings.map(({ severity, message }) => `${severity} ${message}`);
}

it.each(['%NODE_HOME%\\node.exe', '%nvm_symlink%\\node.exe --enable-source-maps', '&quot;%NODE DIR%\\node.exe&quot;'])(
  'a variable that services need not have has a finding: %s',
  async (commandLine) => {
    const [, variable] = /%(.+)%/.exec(commandLine) ?? [];
    expect(await messagesFor(commandLine)).toEqual([
      expect.stringMatching(new RegExp(`^warning .* this machine has no variable ${variable}\\.$`)),
    ]);
  },
);

it.each([
  '%ProgramFiles%\\nodejs\\node.exe',
  '&quot;%programfiles(x86)%\\nodejs\\node.exe&quot;',
  '%SystemDrive%\\node\\node.exe',
  'D:\\100%\\node.exe',
])('one that every Windows has, or none, has no finding: %s', async (commandLine) => {
  expect(await messagesFor(commandLine)).toEqual([]);
});

it('one that this machine has is replaced first', async () => {
  expect(await messagesFor('%NODE_HOME%\\node.exe', { NODE_HOME: 'C:\\nodejs' })).toEqual([]);
});
