import { createServer, type RequestListener } from 'node:http';
import { type ServerOptions, Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ProbeReport, type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const step = (report: ProbeReport, id: ProbeStep['id']) => report.steps.find((one) => one.id === id);
const always =
  (status: number, body = '', headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
  };
const iisPage = (code: string): string =>
  `<title>IIS 10.0 Detailed Error - ${code} - Forbidden</title><h3>HTTP Error ${code} - Forbidden</h3>`;

/** socket.io at /dante/socket.io, and a server that answers everything else with `answer`. */
async function app(answer?: RequestListener, options: Partial<ServerOptions> = {}): Promise<string> {
  const server = answer === undefined ? createServer() : createServer(answer);
  const io = new SocketServer(server, { path: '/dante/socket.io', ...options });
  io.on('connection', (socket) => socket.emit('hi'));
  onTestFinished(() => io.close());
  return `${await listen(server)}/dante/`;
}

/** A page may take 2 s; the first answer of node as long as iisnode waits for it. */
const times = { timeout: 2_000, firstTimeout: 60_000, eventTimeout: 1 };

describe('a page that is not there', () => {
  it.each([
    [404, 'Cannot GET /', 'no page here (404); the sockets answer'],
    [401, 'who?', 'the page requires a login (401); nothing behind it was checked; the sockets answer'],
    [403, '{"error":"sign in"}', 'the page requires a login (403); nothing behind it was checked; the sockets answer'],
    [405, 'POST only', 'no page here (405); the sockets answer'],
    [426, 'Upgrade Required', 'no page here (426); the sockets answer'],
  ])('is right while socket.io answers: %i %s', async (status, body, note) => {
    const report = await probeApp(await app(always(status, body)));
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
    expect(step(report, 'page')).toMatchObject({ ok: true, status, note });
    expect(step(report, 'page')?.why).toBeUndefined();
  });

  it('is right while socket.io refuses for a reason of the app', async () => {
    const url = await app(always(404), { allowRequest: (_request, decide) => decide('no token', false) });
    const report = await probeApp(url);
    expect(report).toMatchObject({ ok: true, transport: undefined });
    expect(step(report, 'handshake')?.note).toContain('code 4: no token');
    expect(step(report, 'websocket')).toMatchObject({ ok: true, status: 400, note: /refused as the handshake was/ });
  });

  it('is a fault when nothing answers as socket.io either', async () => {
    const report = await probeApp(`${await listen(createServer(always(404, 'Cannot GET')))}/dante/`);
    expect(report.ok).toBe(false);
    expect(report.steps.map(({ id, ok }) => [id, ok])).toEqual([
      ['page', false],
      ['handshake', false],
    ]);
    expect(JSON.stringify(report.steps)).not.toMatch(/no script tag|WebSocket module/);
  });

  it('is right when all that is expected is met, and a fault when it is not', async () => {
    const server = createServer(({ url }, response) => response.writeHead(url === '/api/health' ? 204 : 404).end());
    const url = `${await listen(server)}/api/`;
    const met = await probeApp(url, { expect: [{ path: '/health', status: 204 }] });
    expect(step(met, 'page')).toMatchObject({ ok: true, note: 'no page here (404); the --expect checks passed' });
    const unmet = await probeApp(url, { expect: [{ path: '/other', status: 204 }] });
    expect(step(unmet, 'page')).toMatchObject({ ok: false });
  });

  it.each([
    ['that make no sockets: an API', { hasPage: false, hasNoSockets: true }, true],
    ['that have a page', { hasPage: true, hasNoSockets: true }, false],
    ['that are not read to the end', { hasPage: false, hasNoSockets: false }, false],
  ])('is judged by the sources: those %s', async (_what, sources, ok) => {
    const url = `${await listen(createServer(always(404, '{"error":"none"}')))}/dante/`;
    const report = await probeApp(url, { sources: () => sources });
    expect(report.ok).toBe(ok);
    if (ok) expect(step(report, 'page')?.note).toContain('its source code opens no sockets');
    else expect(step(report, 'page')?.next).toContain('--expect /path=200');
  });

  it.each([
    ['Basic realm="staff"', true],
    ['Bearer', true],
    ['Negotiate', false],
  ])('is behind a login with everything else: %s', async (challenge, ok) => {
    const answer = always(401, 'who are you?', { 'www-authenticate': challenge });
    const url = `${await listen(createServer(answer))}/dante/`;
    const sources = () => ({
      hasPage: true,
      hasNoSockets: false,
      socketIo: { paths: ['/dante/socket.io'], at: 'server.js:4' },
    });
    const report = await probeApp(url, { sources });
    expect(report.ok).toBe(ok);
    if (ok) expect(step(report, 'page')?.note).toBe('the page requires a login (401); nothing behind it was checked');
    if (ok) expect(step(report, 'handshake')?.note).toMatch(/^the app asks every visitor for a login \(401\)/);
  });

  it('is what a server of plain WebSockets has', async () => {
    const server = createServer(always(426, 'Upgrade Required'));
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => socket.send('hello'));
    onTestFinished(() => sockets.close());
    const report = await probeApp(`${await listen(server)}/dante/`);
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
    expect(step(report, 'websocket')).toMatchObject({ ok: true, note: expect.stringContaining('plain WebSockets') });
  });

  it.each([
    ['403.14', 'no default document and no rule for this URL', false, true],
    ['403.14', 'no default document and no rule for this URL', true, false],
    ['403.18', 'into another application', false, false],
  ])('and IIS says so, %s: %s; the sources have a page: %s', async (code, why, hasPage, ok) => {
    const url = await app(always(403, iisPage(code), { 'content-type': 'text/html' }));
    const report = await probeApp(url, { sources: () => ({ hasPage, hasNoSockets: false }) });
    expect(report.ok).toBe(ok);
    expect(step(report, 'page')?.[ok ? 'note' : 'why']).toContain(why);
  });

  it('is a fault where a redirect led to it', async () => {
    const answer: RequestListener = ({ url }, response) =>
      url === '/dante/' ? response.writeHead(302, { location: '/login' }).end() : response.writeHead(404).end('no');
    const report = await probeApp(await app(answer));
    expect(step(report, 'page')).toMatchObject({
      ok: false,
      status: 404,
      why: 'the page redirects to /login, where the answer is 404',
      next: expect.stringMatching(/\/login is outside of the app, which is at \/dante\/.*init --loader always/),
    });
    const sources = () => ({ hasPage: true, hasNoSockets: false, hasLoader: true });
    const loaded = await probeApp(await app(answer), { sources });
    expect(step(loaded, 'page')?.next).toMatch(/which is at \/dante\/: redirect to a URL below it$/);
  });

  it('and breaks on the server is a fault whatever the sockets do, and they are asked', async () => {
    const report = await probeApp(await app(always(500, 'TypeError: x is not a function')));
    expect(step(report, 'page')).toMatchObject({ ok: false, status: 500 });
    expect(step(report, 'websocket')).toMatchObject({ ok: true, status: 101 });
  });
});

describe('a page that never comes', () => {
  it('is not waited for as long as a start of node once the sockets answer', async () => {
    const server = createServer();
    const io = new SocketServer(server, { path: '/dante/socket.io' });
    onTestFinished(() => io.close());
    const report = await probeApp(`${await listen(server)}/dante/`, times);
    expect(step(report, 'page')).toMatchObject({
      ok: true,
      status: undefined,
      note: 'no page: no answer within 2000 ms; the sockets answer',
    });
    expect(step(report, 'websocket')).toMatchObject({ ok: true, status: 101 });
  });

  it('is not waited for once a plain WebSocket opens', async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    onTestFinished(() => sockets.close());
    const report = await probeApp(`${await listen(server)}/dante/`, { ...times, plainRoute: 'stream' });
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
  });

  it('hides nothing else: a failed expectation is reported', async () => {
    const server = createServer(({ url }, response) => {
      if (url !== '/dante/') response.writeHead(url === '/dante/health' ? 200 : 404).end('x');
    });
    const report = await probeApp(`${await listen(server)}/dante/`, {
      timeout: 200,
      expect: [{ path: '/health', status: 200 }],
    });
    expect(step(report, 'expect')).toMatchObject({ ok: true, status: 200 });
    expect(step(report, 'handshake')).toMatchObject({ status: 404 });
  });
});
