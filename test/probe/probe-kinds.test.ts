import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import path from 'node:path';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { explainUpgrade, type ProbeReport, probeApp, readErrorPage } from '../../src/probe/index.js';
import { root } from '../support/cli.js';
import { listen } from './listen.js';

const step = (report: ProbeReport, id: string) => report.steps.find((one) => one.id === id);
const ids = (report: ProbeReport): string[] => report.steps.map(({ id }) => id);
const html =
  (body: string): RequestListener =>
  (_request, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html>${body}`);
  };

/** An app of plain WebSockets at /dante/stream. */
async function plainApp(page: string, scripts: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/dante/') return html(page)(request, response);
    const script = scripts[request.url ?? ''];
    response.writeHead(script === undefined ? 404 : 200, { 'content-type': 'text/javascript' }).end(script ?? 'no');
  });
  const sockets = new WebSocketServer({ server, path: '/dante/stream' });
  sockets.on('connection', (socket) => socket.send('Midway'));
  onTestFinished(() => sockets.close());
  return `${await listen(server)}/dante`;
}

describe('an app of plain WebSockets', () => {
  it.each([
    ["new WebSocket(new URL('stream', location.href))", 'stream'],
    ["const at = new URL('stream', location.href);\nat.protocol = 'ws';\nlet s = new WebSocket(at.href);", 'stream'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code under test
    ['const s = new WebSocket(`${scheme}//${location.host}/dante/stream`, "chat");', 'stream'],
  ])('is looked at as one where its page says so: %s', async (code) => {
    const report = await probeApp(await plainApp('<script src="client.js"></script>', { '/dante/client.js': code }));
    expect(ids(report)).toEqual(['page', 'websocket']);
    expect(step(report, 'websocket')).toMatchObject({ ok: true, status: 101, seen: 'open, first message: 6 B' });
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
  });

  it('is found in what our own template makes', async () => {
    const client = readFileSync(path.join(root, 'templates', 'dante-faye', 'lib', 'connection.js'), 'utf8');
    const page = '<script src="page.js"></script><script src="connection.js"></script>';
    const report = await probeApp(await plainApp(page, { '/dante/connection.js': client }));
    expect(step(report, 'websocket')).toMatchObject({ ok: true, url: expect.stringMatching(/\/dante\/stream$/) });
  });

  it('whose address only its code knows has no fault', async () => {
    const report = await probeApp(await plainApp('<script>new WebSocket(addressOf(page))</script>'));
    expect(ids(report)).toEqual(['page', 'websocket']);
    expect(step(report, 'websocket')).toMatchObject({ ok: true, status: undefined, seen: /not tried/ });
    expect(report).toMatchObject({ ok: true, transport: undefined });
  });

  it.each([
    ['another host', '<script>new WebSocket("ws://elsewhere.example/x")</script>', ['page', 'websocket'], true],
    [
      'a bundle of socket.io',
      '<script>q.EIO=4;new WebSocket(u)</script>',
      ['page', 'client-script', 'handshake', 'websocket'],
      false,
    ],
    ['a comment', '<!-- <script src="client.js"></script> -->', ['page', 'handshake'], true],
  ])('is distinguished from %s', async (_what, page, looks, ok) => {
    const report = await probeApp(await plainApp(page, { '/dante/client.js': "new WebSocket('stream')" }));
    expect(ids(report)).toEqual(looks);
    expect(report.ok).toBe(ok);
  });

  it('that closes at once has been open; one that breaks has not', async () => {
    const server = createServer(html('<title>app</title>'));
    const sockets = new WebSocketServer({ server });
    let end: 'close' | 'terminate' = 'close';
    sockets.on('connection', (socket) => (end === 'close' ? socket.close(4401, 'sign in') : socket.terminate()));
    onTestFinished(() => sockets.close());
    const url = `${await listen(server)}/`;
    const closed = await probeApp(url, { plainRoute: 'stream' });
    expect(step(closed, 'websocket')).toMatchObject({
      ok: true,
      seen: expect.stringContaining('closes with code 4401'),
    });
    end = 'terminate';
    const broken = await probeApp(url, { plainRoute: 'stream' });
    expect(step(broken, 'websocket')).toMatchObject({ ok: false, why: expect.stringContaining('1006') });
  });

  it('that sends bytes is reported with their number', async () => {
    const server = createServer(html('<title>app</title>'));
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.send(Buffer.from([0xff, 0xfe])));
    onTestFinished(() => sockets.close());
    const report = await probeApp(await listen(server), { plainRoute: 'stream' });
    expect(step(report, 'websocket')?.seen).toBe('open, first message: 2 B');
  });

  it.each([
    [404, '', ''],
    [400, 'Bad Request', 'Microsoft-IIS/10.0'],
    [400, '', ''],
    [200, '<p>page</p>', 'Microsoft-IIS/10.0'],
    [302, '', 'Microsoft-IIS/10.0'],
    [401, '', 'Microsoft-IIS/10.0'],
  ])('whose upgrade is answered with %i %j by %j is not explained as socket.io', (status, body, server) => {
    const { why, next } = explainUpgrade({ status, body, server, location: undefined }, true);
    expect(`${why} ${next}`.replaceAll('iisnode-sock', '')).not.toMatch(/socket\.io|\/socket/);
    expect(`${why} ${next}`).not.toContain('webSocket enabled');
  });
});

describe('an upgrade that fails', () => {
  it.each([
    [400, '', 'Microsoft-IIS/10.0', 'ws-module-owner'],
    [400, '', 'nginx', 'path-virtual-dir'],
    [301, '', 'Microsoft-IIS/10.0', 'rule-order'],
    [401, '', 'Microsoft-IIS/10.0', 'windows-auth'],
    [503, 'WebSocket request made to a site where WebSockets are disabled.', 'Microsoft-IIS/10.0', 'azure-switch'],
    [400, '{"code":3,"message":"Bad request"}', 'nginx', 'proxy-upgrade'],
    [400, '{"code":5,"message":"Unsupported protocol version"}', 'Microsoft-IIS/10.0', 'eio-mismatch'],
  ])('%i %j from %j is a matter of %s', (status, body, server, symptom) => {
    expect(explainUpgrade({ status, body, server, location: 'https://x/' }, false).symptom).toBe(symptom);
  });
});

describe('socket.io', () => {
  it('behind a redirect to another address of the app is looked for there', async () => {
    const app = createServer(html('<script src="socket.io/socket.io.js"></script>'));
    const io = new SocketServer(app, { path: '/dante/socket.io' });
    io.on('connection', (socket) => socket.emit('hello'));
    onTestFinished(() => io.close());
    const there = await listen(app);
    const front = createServer((request, response) => {
      response.writeHead(301, { location: `${there}${request.url}` }).end();
    });
    front.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 301 Moved\r\nLocation: ${there}/\r\n\r\n`));
    const report = await probeApp(`${await listen(front)}/dante`);
    expect(step(report, 'websocket')).toMatchObject({ ok: true, seen: 'open, first event "hello"' });
    expect(report.ok).toBe(true);
  });

  it.each([
    '96:0{"sid":"a1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000}2:40',
    Buffer.concat([Buffer.from([0, 9, 6, 255]), Buffer.from('0{"sid":"a1","upgrades":["websocket"]}')]),
  ])('1 or 2 is a session of Engine.IO 3, asked in its own protocol: %#', async (opening) => {
    const packets: string[] = [];
    const server = createServer((request, response) => {
      if (request.url === '/') return html('<script src="/socket.io/socket.io.js"></script>')(request, response);
      if (request.url?.endsWith('.js')) return response.setHeader('content-type', 'text/javascript').end('io');
      if (request.method === 'GET') return response.end(opening);
      request.on('data', (data) => packets.push(String(data))).on('end', () => response.end('ok'));
      return undefined;
    });
    const sockets = new WebSocketServer({ server });
    const heard: string[] = [];
    sockets.on('connection', (socket) => {
      socket.on('message', (data) => heard.push(String(data)));
      for (const packet of ['0{"sid":"a2"}', '40', '42["hello"]']) socket.send(packet);
    });
    onTestFinished(() => sockets.close());
    const report = await probeApp(await listen(server), { polls: 2 });
    expect(step(report, 'handshake')).toMatchObject({
      ok: true,
      seen: 'Engine.IO 3 session, offers the upgrade to websocket',
    });
    expect(step(report, 'websocket')).toMatchObject({ ok: true, seen: 'open, first event "hello"' });
    expect(packets).toEqual(['1:2', '1:2', '1:1']);
    expect(heard).not.toContain('40'); // a second connection of the same client
  });

  it('that is websocket-only is so behind an IIS that puts its own page in place of the reason', async () => {
    const app = createServer((request, response) => {
      if (request.url === '/') return html('<script src="/socket.io/socket.io.js"></script>')(request, response);
      response.writeHead(400, { 'content-type': 'text/html' }).end('<h2>Bad Request</h2>');
    });
    const sockets = new WebSocketServer({ server: app });
    sockets.on('connection', (socket) => {
      for (const packet of ['0{"sid":"a2"}', '40', '42["hello"]']) socket.send(packet);
    });
    onTestFinished(() => sockets.close());
    const report = await probeApp(await listen(app));
    expect(step(report, 'handshake')).toMatchObject({
      ok: true,
      status: 400,
      seen: expect.stringContaining('websocket only'),
    });
  });

  it('is not said to fail twice where its client does not poll, and the WebSocket fails', async () => {
    const app = createServer((request, response) => {
      if (request.url === '/') return html("<script>io({ transports: ['websocket'] })</script>")(request, response);
      response.writeHead(400, { 'content-type': 'text/html' }).end('<h2>Bad Request</h2>');
    });
    const report = await probeApp(await listen(app));
    expect(report.steps.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['websocket']);
    expect(step(report, 'handshake')?.seen).toContain('the WebSocket decides');
  });

  it.each(['/node_modules/socket.io-client/dist/socket.io.js', '/js/socket.io.min.js'])(
    'whose page loads a copy of the script that nothing serves hears that, and not of paths: %s',
    async (address) => {
      const app = createServer((request, response) => {
        if (request.url === '/')
          return html(`<script src="${address}"></script><script>io()</script>`)(request, response);
        response.writeHead(404).end('Cannot GET');
      });
      const io = new SocketServer(app);
      onTestFinished(() => io.close());
      const { ok, why, next } = step(await probeApp(await listen(app)), 'client-script') ?? {};
      expect(ok).toBe(false);
      expect(why).toContain('of this copy');
      expect(next).toContain('<script src="socket.io/socket.io.js">');
    },
  );

  it.each(['const o={path:"/rt/socket.io/",transports:["websocket"]};q.EIO=4', "io('/', { path: '/rt/socket.io' })"])(
    'whose client is bundled is looked for where the bundle says: %s',
    async (code) => {
      const app = createServer((request, response) => {
        if (request.url === '/') return html('<script src="main.js"></script>')(request, response);
        response.setHeader('content-type', 'text/javascript').end(code);
      });
      const io = new SocketServer(app, { path: '/rt/socket.io', serveClient: false });
      io.on('connection', (socket) => socket.emit('hello'));
      onTestFinished(() => io.close());
      const report = await probeApp(await listen(app));
      expect(step(report, 'handshake')).toMatchObject({ ok: true, url: expect.stringContaining('/rt/socket.io/?') });
      expect(step(report, 'websocket')).toMatchObject({ ok: true, seen: 'open, first event "hello"' });
    },
  );

  it('that refuses the handshake is quoted', async () => {
    const server = createServer(html('<script src="/socket.io/socket.io.js"></script>'));
    const io = new SocketServer(server, { allowRequest: (_request, decide) => decide(null, false) });
    onTestFinished(() => io.close());
    const report = await probeApp(await listen(server));
    expect(step(report, 'handshake')).toMatchObject({
      ok: true,
      status: 403,
      note: expect.stringContaining('socket.io itself refuses this visitor (code 4: Forbidden)'),
    });
  });
});

describe('settings iisnode cannot read', () => {
  it.each(['web.config', 'iisnode.yml'] as const)('are found in the page that local clients get: %s', async (file) => {
    const text = `iisnode was unable to read the configuration file${file === 'web.config' ? '. Make sure' : ` ${file}.`}`;
    expect(readErrorPage(200, text)).toMatchObject({ status: 500, subStatus: 1000, unread: file });
    const report = await probeApp(await listen(createServer(html(text))));
    expect(ids(report)).toEqual(['page']);
    expect(step(report, 'page')).toMatchObject({
      ok: false,
      symptom: 'config-invalid',
      why: `500.1000: iisnode cannot read its settings in ${file}`,
    });
  });
});
