import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ProbeReport, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const oldServer = createRequire(import.meta.url)('socket.io-2') as (server: Server) => { close(): void };

/** An app at /chat/ whose page has this script; its plain WebSockets are at the path. */
async function look(code: string, path: string, { info = '' } = {}): Promise<ProbeReport> {
  const server = createServer(({ url = '' }, response) => {
    if (url === '/chat/') return response.setHeader('content-type', 'text/html').end(`<script>${code}</script>`);
    if (info !== '' && url === '/chat/echo/info') return response.end(info);
    return response.writeHead(404).end('no');
  });
  const sockets = new WebSocketServer({ server, path });
  onTestFinished(() => sockets.close());
  return probeApp(`${await listen(server)}/chat/`, { eventTimeout: 1 });
}

const socketOf = ({ steps }: ProbeReport) => steps.find(({ id }) => id === 'websocket');

describe('the WebSocket of SockJS', () => {
  it('is looked at where the client of the page asks for it', async () => {
    const report = await look("new SockJS('/chat/echo')", '/chat/echo/websocket');
    expect(socketOf(report)).toMatchObject({
      ok: true,
      status: 101,
      url: expect.stringContaining('/chat/echo/websocket'),
    });
  });

  it('is missed where that is outside of the app', async () => {
    const report = await look("const sock = new SockJS('/echo');", '/chat/echo/websocket');
    expect(report.ok).toBe(false);
    expect(socketOf(report)).toMatchObject({ ok: false, why: expect.stringContaining('/echo/websocket') });
  });

  it('is not missed where the server does without', async () => {
    const report = await look("new SockJS('echo')", '/elsewhere', { info: '{"websocket":false,"origins":["*:*"]}' });
    expect(socketOf(report)).toMatchObject({ ok: true, seen: expect.stringContaining('without WebSocket') });
  });
});

describe('a plain WebSocket whose address ends in what only the page knows', () => {
  const code = (path: string): string =>
    `new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '${path}?id=' + name());`;

  it('is looked at', async () => {
    const report = await look(code('/chat/live'), '/chat/live');
    expect(socketOf(report)).toMatchObject({ ok: true, status: 101 });
  });

  it('is missed outside of the app', async () => {
    expect(socketOf(await look(code('/live'), '/chat/live'))).toMatchObject({ ok: false });
  });

  it('is not missed where the app refuses it', async () => {
    expect(socketOf(await look(code('/chat/live'), '/elsewhere'))).toMatchObject({
      ok: true,
      seen: expect.stringContaining('not tried'),
    });
  });
});

describe('a client of another major version of socket.io', () => {
  it.each(['2', '4'])('does not connect to socket.io %s', async (version) => {
    const client = version === '2' ? '4.8.1' : '2.5.0';
    const server = createServer((_, response) => {
      const script = `<script src="https://cdn.socket.io/${client}/socket.io.min.js"></script><script>io()</script>`;
      response.setHeader('content-type', 'text/html').end(script);
    });
    const io = version === '2' ? oldServer(server) : new SocketServer(server);
    onTestFinished(() => void io.close());
    const report = await probeApp(await listen(server), { eventTimeout: 1 });
    expect(report.ok).toBe(false);
    expect(report.steps.find(({ id }) => id === 'handshake')).toMatchObject({ ok: false, symptom: 'eio-mismatch' });
  });
});
