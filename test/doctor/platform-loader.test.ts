import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const server = `
const http = require('http');
const server = http.createServer((request, response) => response.end('there'));
const io = require('socket.io')(server);
io.on('connection', (socket) => socket.emit('hi'));
`;

it.each([
  ['/app', 'server.listen(process.env.PORT || 3000);'],
  ['/app', 'server.listen(3000);'],
  ['/', 'server.listen(3000);'],
])('what the loader does at %s is no finding under HttpPlatformHandler: %s', async (vdirPath, listen) => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const app = path.join(folder, 'app');
  mkdirSync(app);
  writeFileSync(path.join(app, 'server.js'), server + listen);
  const manifest = { main: 'server.js', dependencies: { 'socket.io': '4' } };
  writeFileSync(path.join(app, 'package.json'), JSON.stringify(manifest));
  const how = ['--path', vdirPath, '--module', 'httpplatform', '--yes', '--no-install'];
  const { code, stdout } = await cliHere(['init', app, ...how, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ findings: [] });
  const { findings } = await diagnose(app, { cwd: folder });
  expect(findings.map(({ rule }) => rule).filter((rule) => rule.startsWith('PLATFORM_'))).toEqual([]);
});
