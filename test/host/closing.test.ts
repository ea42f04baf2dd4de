import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { RequestSeen } from '../../src/host/index.js';
import { folderWith, serve } from './harness.js';
import { config, off } from './iisnode-app.js';

const ws = createRequire(import.meta.url).resolve('ws');

/** Answers a URL with `slow` when `/go` was asked for, and has a WebSocket that echoes. */
const script = `
const { WebSocketServer } = require(${JSON.stringify(ws)});
let slow = [];
const server = require('node:http').createServer((request, response) => {
  if (request.url.includes('slow')) { slow.push(response); return; }
  for (const one of slow.splice(0)) one.end('slow answer');
  response.end(String(process.pid));
});
new WebSocketServer({ server }).on('connection', (socket) => socket.on('message', (text) => socket.send(text)));
server.listen(process.env.PORT);
`;

async function served() {
  const seen: RequestSeen[] = [];
  const directory = folderWith({ 'server.js': script, 'web.config': config(off) });
  const host = await serve({ directory, vdirPath: '/dante' }, (one) => seen.push(one));
  const open = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/dante/socket.io/`);
    await once(socket, 'open');
    socket.send('hello');
    await once(socket, 'message');
    return socket;
  };
  return { ...host, seen, open };
}

it('a host that closes sends its sockets a Close frame, and lets a request end', async () => {
  const { host, get, open, seen } = await served();
  const sockets = await Promise.all([open(), open()]);
  const slow = get('/dante/server.js?slow');
  await expect.poll(() => host.open).toEqual({ requests: 1, sockets: 2 });
  const ended = Promise.all(sockets.map((socket) => once(socket, 'close')));
  await get('/dante/server.js'); // the slow request is answered
  await host.close({ grace: 30_000 });
  expect((await slow).body).toBe('slow answer');
  expect((await ended).map(([code]) => code)).toEqual([1001, 1001]);
  expect(host.open).toEqual({ requests: 0, sockets: 0 });
  expect(seen.filter(({ kind }) => kind === 'closed')).toHaveLength(2);
});

it('a host that closes with a long grace ends at once when the signal is aborted', async () => {
  const { host, get } = await served();
  const refused = get('/dante/server.js?slow').then(
    () => 'answered',
    () => 'cut off',
  );
  await expect.poll(() => host.open.requests).toBe(1);
  const now = new AbortController();
  const closed = host.close({ grace: 2 ** 30, now: now.signal });
  now.abort();
  await closed;
  expect(await refused).toBe('cut off');
});

it('sockets that are closed after a recycle come to the new process', async () => {
  const { host, get, open } = await served();
  const before = (await get('/dante/server.js')).body;
  const socket = await open();
  const ended = once(socket, 'close');
  await host.recycle();
  host.closeSockets();
  expect((await ended)[0]).toBe(1001);
  const after = (await get('/dante/server.js')).body;
  expect(after).not.toBe(before);
  await expect.poll(() => host.processes().map(({ pid }) => String(pid))).toEqual([after]);
});

it('a socket in the middle of a frame gets no Close frame into it', async () => {
  const half = script.replace(
    'socket.send(text)',
    "socket._socket.write(Buffer.from([0x81, 5, ...Buffer.from('abc')]))",
  );
  const directory = folderWith({ 'server.js': half, 'web.config': config(off) });
  const { host, port } = await serve({ directory, vdirPath: '/dante' }, () => undefined);
  const socket = net.connect(port, '127.0.0.1');
  socket.write(
    'GET /dante/socket.io/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  socket.write(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 97]));
  let text = '';
  socket.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  await expect.poll(() => text).toMatch(/abc$/);
  const ended = once(
    socket.on('error', () => undefined),
    'close',
  );
  await host.close();
  await ended;
  expect(text.endsWith('\r\n\r\n\u0081\u0005abc')).toBe(true);
});
