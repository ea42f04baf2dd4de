import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { folderWith, serve } from './harness.js';
import * as platform from './httpplatform/app.js';
import { config, handshake, off, script } from './iisnode-app.js';

/** Blocks its event loop until there is a file `go`; ends with `die`. */
const blocking = script.replace(
  'const status',
  `if (request.url.includes('die')) process.exit(1);
  if (request.url.includes('block')) while (!require('node:fs').existsSync(__dirname + '/go'));
  const status`,
);

it('a process is seen with its sockets, its restarts, and how late its event loop is', async () => {
  const directory = folderWith({ 'server.js': blocking, 'web.config': config(off) });
  const { host, get, port } = await serve({ directory, vdirPath: '/dante' });
  await get('/dante/server.js');
  const [first] = await host.processesWithDelay();
  expect(first).toMatchObject({ active: 0, sockets: 0, restarts: 0 });
  if (process.platform !== 'win32') expect(first?.delay).toBeGreaterThanOrEqual(0);
  const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
  await once(socket, 'data');
  expect(host.processes()).toMatchObject([{ active: 1, sockets: 1 }]);
  socket.destroy();
  await get('/dante/server.js?die');
  // Until its end is seen, requests still go to it and fail; the page that says so has the status 200 (devErrorsEnabled).
  await expect.poll(async () => (await get('/dante/server.js')).headers['x-powered-by']).toBe('node');
  await expect.poll(() => host.processes()).toMatchObject([{ active: 0, sockets: 0, restarts: 1 }]);
  await host.recycle();
  await get('/dante/server.js');
  await expect.poll(() => host.processes()).toMatchObject([{ restarts: 2 }]);
});

/** A look at its event loop is no request, and no fault of a client: the app counts them. */
const watched = `let faults = 0;
require('node:http').createServer((request, response) => {
  if (request.url.includes('block')) while (!require('node:fs').existsSync(__dirname + '/go'));
  response.end('faults ' + faults);
}).on('clientError', (error, socket) => { faults++; socket.destroy(); }).listen(process.env.PORT);`;

it.each([
  ['iisnode', config(off), blocking],
  ['HttpPlatformHandler', platform.config(), watched],
])('a process of %s whose event loop is blocked is late, and then no longer', async (module, webConfig, server) => {
  if (module === 'iisnode' && process.platform === 'win32') return; // it has no pipe to ask
  const directory = folderWith({ 'server.js': server, 'web.config': webConfig });
  const { host, get } = await serve({ directory, vdirPath: '/dante' });
  await get('/dante/server.js');
  const delay = async () => (await host.processesWithDelay())[0]?.delay ?? -1;
  await expect.poll(delay).toBeGreaterThanOrEqual(0);
  const blocked = get('/dante/server.js?block');
  await expect.poll(delay).toBeGreaterThan(500);
  writeFileSync(path.join(directory, 'go'), '');
  await blocked;
  await expect.poll(delay).toBeLessThan(500);
  if (module !== 'iisnode') expect((await get('/dante/x')).body).toBe('faults 0');
});

it('a process of HttpPlatformHandler that does not close connections without a request has no delay', async () => {
  const server = `require('node:net').createServer({ allowHalfOpen: true }, (socket) => socket.on('data', () =>
    socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nok'))).listen(process.env.PORT);`;
  const directory = folderWith({ 'server.js': server, 'web.config': platform.config() });
  const { host, get } = await serve({ directory, vdirPath: '/dante' });
  expect((await get('/dante/x')).body).toBe('ok');
  for (let look = 0; look < 2; look++) expect((await host.processesWithDelay())[0]).not.toHaveProperty('delay');
});

it('a process with another interceptor has no delay', async () => {
  const sections = `${off}<iisnode interceptor="own.js" />`;
  const own = 'process.argv.splice(1, 1); require(process.argv[1]);';
  const directory = folderWith({ 'server.js': blocking, 'own.js': own, 'web.config': config(sections) });
  const { host, get } = await serve({ directory, vdirPath: '/dante' });
  await get('/dante/server.js');
  for (let look = 0; look < 2; look++) expect((await host.processesWithDelay())[0]).not.toHaveProperty('delay');
});

it('a process of HttpPlatformHandler is seen with its sockets and restarts, too', async () => {
  const directory = folderWith({ 'server.js': platform.script, 'web.config': platform.config() });
  const { host, get, port } = await serve({ directory, vdirPath: '/dante' });
  await get('/dante/a');
  const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
  await once(socket, 'data');
  expect(await host.processesWithDelay()).toMatchObject([{ active: 1, sockets: 1, restarts: 0 }]);
  socket.destroy();
  await expect.poll(() => host.processes()).toMatchObject([{ active: 0, sockets: 0 }]);
});
