import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InitResult } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const server = `const http = require('http');
const server = http.createServer((request, response) => response.end('page'));
server.listen(process.env.PORT);
`;
const manifest = (more: object = {}): string =>
  JSON.stringify({ main: 'server.js', dependencies: { express: '^5' }, ...more });
const adopt = (directory: string): Promise<InitResult> => init({ directory }, talk());

describe('the packages of an adopted app are installed by its own package manager', () => {
  const firstStep = async (files: Readonly<Record<string, string>>, at = ''): Promise<string | undefined> => {
    const folder = folderWith({ 'package.json': manifest(), 'server.js': server, ...files });
    const { nextSteps } = await adopt(path.join(folder, at));
    return nextSteps[0]?.command.replace(folder, 'APP');
  };
  it.each([
    ['package-lock.json', 'npm install --prefix APP'],
    ['pnpm-lock.yaml', 'pnpm --dir APP install'],
    ['yarn.lock', 'yarn --cwd APP install'],
    ['bun.lock', 'bun install --cwd APP'],
  ])('%s: %s', async (lock, command) => expect(await firstStep({ [lock]: '{}' })).toBe(command));

  it('and are there where a workspace has them in its own folder', async () => {
    const files = { 'web/package.json': manifest(), 'web/server.js': server, 'pnpm-workspace.yaml': '' };
    expect(await firstStep(files, 'web')).toBe('pnpm --dir APP/web install');
    expect(await firstStep({ ...files, 'node_modules/express/index.js': '' }, 'web')).toMatch(/ deploy APP\/web /);
  });
});

describe("node finds the packages of yarn's Plug'n'Play", () => {
  it.each([
    ['by the start script', manifest({ scripts: { start: 'node server.js' } })],
    ['where only main names the entry point', manifest()],
  ])('%s', async (_what, text) => {
    const folder = folderWith({ 'package.json': text, 'server.js': server, '.pnp.cjs': '', 'yarn.lock': '' });
    const { loader, notes, nextSteps } = await adopt(folder);
    expect(loader?.reasons).toEqual([{ says: "has its packages in yarn's Plug'n'Play", file: '.pnp.cjs', line: 1 }]);
    expect(notes.join()).toContain('nodeLinker: node-modules');
    expect(nextSteps[0]?.command).toContain('deploy');
    const webConfig = readFileSync(path.join(folder, 'web.config'), 'utf8');
    expect(webConfig).toContain('nodeProcessCommandLine="node.exe --require ./.pnp.cjs"');
  });
});
