import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { processExists } from '../../../src/files/index.js';
import { embeddedStore, openHome, startBackgroundHost, stopBackgroundHost } from '../../../src/host/index.js';
import { root, startServe } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { folderWith, request } from '../harness.js';

/** Loaded into the program before all else: whoever connects to the port makes it throw where nothing catches. */
const preload = `
if (/iisnode-sock\\.js$|daemon\\.js$/.test(process.argv[1])) {
  require('node:net').createServer((socket) => {
    socket.destroy();
    if (process.env.FAULT === 'rejection') Promise.reject(new Error('nobody expected this'));
    else throw new Error('nobody expected this');
  }).listen(Number(process.env.FAULT_PORT), '127.0.0.1').unref();
}
`;

async function faulty(kind: string) {
  const port = await freePort();
  const file = path.join(folderWith({ 'preload.cjs': preload }), 'preload.cjs');
  return {
    environment: { NODE_OPTIONS: `--require ${JSON.stringify(file)}`, FAULT_PORT: String(port), FAULT: kind },
    async fault() {
      const socket = net.connect(port, '127.0.0.1').resume();
      socket.on('error', () => undefined); // it may be reset
      await new Promise((resolve) => socket.once('close', resolve));
    },
  };
}

it.each(['exception', 'rejection'])('serve says an %s that nothing caught, and goes on serving', async (kind) => {
  const { environment, fault } = await faulty(kind);
  const site = folderWith({ 'a.txt': 'abc' });
  const running = await startServe([site, '--port', '0', '--path', '/'], { environment });
  onTestFinished(() => void running.stop());
  const port = Number(new URL(running.match[1] ?? '').port);
  for (let round = 0; round < 2; round++) {
    await fault();
    expect((await request(port, '/a.txt')).body).toBe('abc');
  }
  await expect.poll(() => running.output().match(/HOST_FAULT/g)).toHaveLength(2);
  expect(running.output()).toContain('nobody expected this');
  expect(await running.stop('SIGINT')).toBe(0);
});

it.each(['exception', 'rejection'])(
  'the background host logs an %s that nothing caught, and goes on serving',
  async (kind) => {
    const { environment, fault } = await faulty(kind);
    const folder = folderWith();
    const home = openHome({ ...process.env, ...environment, IISNODE_SOCK_HOME: path.join(folder, 'home') });
    const port = await freePort();
    const store = embeddedStore(home);
    await store.write((await store.read()).replace('*:8080:', `*:${port}:`));
    writeFileSync(path.join(home.wwwroot, 'a.txt'), 'abc'); // an empty site is not bound
    onTestFinished(async () => void (await stopBackgroundHost(home)));
    const { pid } = await startBackgroundHost(home, { daemon: path.join(root, 'dist', 'daemon.js') });
    await fault();
    await expect.poll(() => readFileSync(home.logFile, 'utf8')).toMatch(/HOST_FAULT .*nobody expected this/);
    expect((await request(port, '/gone')).status).toBe(404);
    expect(processExists(pid)).toBe(true);
    expect(await stopBackgroundHost(home)).toBe(true);
  },
);
