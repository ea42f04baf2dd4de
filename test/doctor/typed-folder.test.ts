import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { init } from '../support/init.js';

const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-folder-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

beforeAll(async () => {
  const app = path.join(cwd, 'my chat');
  mkdirSync(app);
  writeFileSync(path.join(app, 'package.json'), '{ "name": "chat", "dependencies": { "socket.io": "4" } }');
  writeFileSync(path.join(app, 'server.js'), "require('socket.io')(require('http').createServer().listen(3000));\n");
  const talk = { interactive: false, ask: () => Promise.reject(new Error('nobody is there')), event: () => undefined };
  await init({ directory: app, path: '/x', install: false }, talk);
});

const fixFor = async (target: string): Promise<string | undefined> => {
  const { findings } = await diagnose(target, { cwd, vdirPath: '/y' });
  return findings.find(({ rule }) => rule === 'VDIR_PATH_MISMATCH')?.fix;
};

it.each([
  ['my chat', 'init "./my chat" --path /y'],
  ['./my chat', 'init "./my chat" --path /y'],
  ['my chat/web.config', 'init "./my chat" --path /y'],
])('doctor "%s": the commands of its remedies are for that folder', async (target, command) => {
  expect(await fixFor(target)).toContain(`npx iisnode-sock ${command}`);
});

it('an absolute folder stays one', async () => {
  const app = path.join(cwd, 'my chat');
  expect(await fixFor(app)).toContain(`npx iisnode-sock init "${app}" --path /y`);
});
