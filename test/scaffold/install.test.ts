import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { init } from '../../src/scaffold/init.js';
import { freePort } from '../support/free-port.js';
import { Viewer } from '../templates/dante/server.js';
import { folderWith, talk } from './workspace.js';

it('what init writes and installs streams by itself, to the end', async () => {
  const folder = path.join(folderWith(), 'dante');
  const someone = talk();
  const result = await init({ directory: folder }, someone);
  expect(result.installed?.ms).toBeGreaterThan(0);
  expect(existsSync(path.join(folder, 'node_modules', 'socket.io', 'package.json'))).toBe(true);
  expect(someone.events.map((event) => event.kind).filter((kind) => kind !== 'fetched')).toEqual([
    'planned',
    'written',
    'installing',
    'installed',
  ]);
  expect(result.nextSteps).toHaveLength(1);

  const port = await freePort();
  const child = spawn(process.execPath, ['server-socketio.js'], {
    cwd: folder,
    env: { ...process.env, PORT: `${port}`, STANZA_INTERVAL: '5' },
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const viewer = new Viewer(`http://127.0.0.1:${port}`);
  onTestFinished(() => void viewer.socket.disconnect());
  await viewer.until(() => viewer.ended);
  expect(viewer.stanzas).toHaveLength(46);
}, 60_000);
