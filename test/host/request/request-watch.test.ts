import { once } from 'node:events';
import net from 'node:net';
import { expect, it } from 'vitest';
import type { RequestSeen } from '../../../src/host/index.js';
import { exchange, folderWith, serve } from '../harness.js';
import * as platform from '../httpplatform/app.js';
import { config, handshake, off, script } from '../iisnode-app.js';

/** The app that never answers a URL with `hang`, and ends a socket after 18 bytes. */
const server = script
  .replace('const status', "if (request.url.includes('hang')) return;\n  const status")
  .replace(
    'socket.pipe(socket);',
    "let rest = 18;\n  socket.on('data', (bytes) => (socket.write(bytes), (rest -= bytes.length) || socket.end()));",
  );

/** The app with a list of what `onRequest` was informed of. */
async function watched() {
  const seen: RequestSeen[] = [];
  const directory = folderWith({ 'server.js': server, 'web.config': config(off), 'a.txt': 'a' });
  const host = await serve({ directory, vdirPath: '/dante' }, (one) => seen.push(one));
  return { ...host, seen };
}

it('each request is seen once, with the rules, the handler and the process that took it', async () => {
  const { get, port, seen } = await watched();
  const { pid } = JSON.parse((await get('/dante/socket.io/?EIO=4')).body);
  await get('/dante/server.js?status=418');
  await get('/dante/a.txt');
  await get('/dante/web.config');
  await exchange(port, 'GET /%ZZ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await expect.poll(() => seen.length).toBe(5);
  const common = {
    kind: 'answered',
    method: 'GET',
    subStatus: 0,
    took: expect.any(Number),
    stages: expect.any(Object),
    headers: expect.arrayContaining(['Host']),
  };
  const numbers = expect.any(Number);
  expect(seen.map(({ stages }) => stages).slice(0, 3)).toEqual([
    { decide: numbers, dispatch: numbers, answer: numbers },
    { decide: numbers, dispatch: numbers, answer: numbers },
    { decide: numbers, answer: numbers },
  ]);
  expect(seen).toEqual([
    { ...common, url: '/dante/socket.io/?EIO=4', status: 200, rules: ['socket.io'], handler: 'iisnode', process: pid },
    { ...common, url: '/dante/server.js?status=418', status: 418, rules: [], handler: 'iisnode', process: pid },
    { ...common, url: '/dante/a.txt', status: 200, rules: [], handler: 'StaticFile', process: undefined },
    {
      ...common,
      url: '/dante/web.config',
      status: 404,
      subStatus: 8,
      rules: [],
      handler: undefined,
      process: undefined,
    },
    { ...common, stages: undefined, url: '/%ZZ', status: 400, rules: [], handler: undefined, process: undefined },
  ]);
});

it('a socket is seen when it opens, and when it closes with the bytes and frames of both directions', async () => {
  const { port, seen } = await watched();
  const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
  await once(socket, 'data');
  await expect
    .poll(() => seen)
    .toMatchObject([{ kind: 'opened', status: 101, rules: ['socket.io'], handler: 'iisnode' }]);
  const frame = Buffer.from([0x81, 0x83, 0, 0, 0, 0, 97, 98, 99]);
  socket.write(Buffer.concat([frame, frame]));
  let back = 0;
  while (back < 18) back += (await once(socket, 'data'))[0].length;
  socket.destroy();
  const flow = { bytes: 18, frames: 2 };
  await expect
    .poll(() => seen[1])
    .toMatchObject({ kind: 'closed', status: 101, traffic: { received: flow, sent: flow } });
  expect(seen).toHaveLength(2);
});

it('an upgrade that node refuses is an answered request', async () => {
  const { port, seen } = await watched();
  await exchange(port, handshake('/dante/socket.io/?refuse'));
  await expect.poll(() => seen).toMatchObject([{ kind: 'answered', status: 403, handler: 'iisnode' }]);
});

it('a client that goes before the answer leaves a request without a status', async () => {
  const { port, seen, get } = await watched();
  await get('/dante/server.js');
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('POST /dante/server.js?hang HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab', () =>
    socket.resetAndDestroy(),
  );
  await expect.poll(() => seen[1]).toMatchObject({ kind: 'answered', method: 'POST', status: 0 });
});

it('requests and sockets of HttpPlatformHandler are seen with its process, too', async () => {
  const seen: RequestSeen[] = [];
  const directory = folderWith({ 'server.js': platform.script, 'web.config': platform.config() });
  const { get, port } = await serve({ directory, vdirPath: '/dante' }, (one) => seen.push(one));
  const { pid } = JSON.parse((await get('/dante/a?b')).body);
  const by = { handler: 'httpPlatformHandler', process: pid };
  await expect.poll(() => seen).toMatchObject([{ kind: 'answered', url: '/dante/a?b', status: 200, ...by }]);
  const socket = net.connect(port, '127.0.0.1', () => socket.write(handshake('/dante/socket.io/')));
  await once(socket, 'data');
  socket.destroy();
  const none = { bytes: 0, frames: 0 };
  await expect
    .poll(() => seen.slice(1))
    .toMatchObject([
      { kind: 'opened', ...by },
      { kind: 'closed', ...by, traffic: { received: none, sent: none } },
    ]);
});
