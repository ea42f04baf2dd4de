import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type DeployOptions, deploy, undeploy } from '../../src/deploy/index.js';
import { processExists } from '../../src/files/index.js';
import { hostStatus, openHome, stopBackgroundHost } from '../../src/host/index.js';
import { makeApp, temporaryDirectory } from './support.js';

const pidFile = "require('node:fs').writeFileSync(__dirname + '/pid.txt', String(process.pid));";
const server = `
  ${pidFile}
  const base = process.env.virtualDirPath;
  const server = require('node:http').createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<script src="' + base + '/socket.io/socket.io.js"></script>');
  });
  new (require('socket.io').Server)(server, { path: base + '/socket.io', transports: ['websocket'] });
  server.listen(process.env.PORT);
`;
/** Answers, yet nothing that a deployment is content with. */
const broken = `
  ${pidFile}
  require('node:http').createServer((request, response) => response.writeHead(500).end('broken')).listen(process.env.PORT);
`;
const modules = path.join(import.meta.dirname, '..', '..', 'node_modules');
const pidOf = (directory: string): number => Number(readFileSync(path.join(directory, 'pid.txt'), 'utf8'));

async function gone(pid: number): Promise<void> {
  await expect.poll(() => processExists(pid), { interval: 5 }).toBe(false);
}

/** The app a on a background host of its own, with one viewer. */
async function deployed() {
  const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const home = openHome(environment);
  onTestFinished(async () => {
    await stopBackgroundHost(home);
  });
  const app = (name: string, text = server): DeployOptions => {
    const directory = makeApp({ server: text, vdirPath: `/${name}`, name });
    symlinkSync(modules, path.join(directory, 'node_modules'), 'junction');
    return { directory, to: 'embedded', environment };
  };
  const a = app('a');
  const { url } = await deploy({ ...a, port: 0 });
  const viewer = new WebSocket(`${url?.replace('http', 'ws')}socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => viewer.terminate());
  await once(viewer, 'message'); // the open packet of engine.io
  return { app, a, environment, home, viewer };
}

/** A packet of socket.io that the server answers: the connection to the main namespace. */
async function answers(viewer: WebSocket): Promise<void> {
  viewer.send('40');
  expect(String((await once(viewer, 'message'))[0])).toMatch(/^40\{/);
}

describe('node processes of the embedded IIS', () => {
  it('end with the app that is taken away, and the viewers of another app stay', async () => {
    const { app, a, environment, home, viewer } = await deployed();
    const b = app('b');
    await deploy(b);
    const pid = pidOf(b.directory ?? '');
    expect(processExists(pid)).toBe(true);
    await undeploy({ directory: b.directory ?? '', environment });
    await gone(pid);
    expect(await hostStatus(home)).toBeDefined();
    await answers(viewer);
    expect(pidOf(a.directory ?? '')).toSatisfy(processExists);
  });

  it('end with a deployment that was rolled back', async () => {
    const { app, viewer } = await deployed();
    const b = app('b', broken);
    await expect(deploy(b)).rejects.toThrow();
    await gone(pidOf(b.directory ?? ''));
    await answers(viewer);
  });
});
