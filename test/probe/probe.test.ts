import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ServerOptions, Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ProbeReport, probeApp, readErrorPage } from '../../src/probe/index.js';
import { listen } from './listen.js';

const page = '<!doctype html><title>Dante</title>';
const showPage: RequestListener = (request, response) => {
  const found = request.url === '/dante/';
  response.writeHead(found ? 200 : 404, { 'content-type': 'text/html' }).end(found ? page : 'no');
};

async function socketApp(
  options: Partial<ServerOptions>,
  greet: (io: SocketServer) => void,
  html = showPage,
): Promise<string> {
  const server = createServer(html);
  const io = new SocketServer(server, { path: '/dante/socket.io', ...options });
  greet(io);
  onTestFinished(async () => {
    await io.close();
  });
  return `${await listen(server)}/dante`;
}

const greet = (io: SocketServer): void => {
  io.on('connection', (socket) => socket.emit('stanza', { index: 0 }));
};
const short = (report: ProbeReport): [string, boolean, number | undefined, string][] =>
  report.steps.map(({ id, ok, status, seen }) => [id, ok, status, seen]);
const failure = (report: ProbeReport, id: string) => report.steps.find((step) => step.id === id);

describe('a good app', () => {
  it('that is websocket-only: the polling handshake is refused, and that is no failure', async () => {
    const report = await probeApp(await socketApp({ transports: ['websocket'] }, greet));
    expect(short(report)).toEqual([
      ['page', true, 200, 'text/html, 35 B'],
      ['client-script', true, 200, expect.stringMatching(/^socket\.io 4\.\d+\.\d+, \d+\.\d kB$/)],
      ['handshake', true, 400, 'polling is off: websocket only'],
      ['websocket', true, 101, 'open, first event "stanza"'],
    ]);
    expect(report.ok).toBe(true);
    expect(report.transport).toBe('websocket');
    expect(report.steps.every(({ ms, startedAt }) => ms >= 0 && startedAt >= 0)).toBe(true);
    expect(report.ms).toBeGreaterThanOrEqual(Math.max(...report.steps.map(({ startedAt }) => startedAt)));
  });

  it('that allows polling', async () => {
    const report = await probeApp(await socketApp({}, greet));
    expect(failure(report, 'handshake')).toMatchObject({
      ok: true,
      status: 200,
      seen: 'Engine.IO 4 session, offers the upgrade to websocket',
    });
    expect(report.ok).toBe(true);
  });

  it('whose page names the client script elsewhere', async () => {
    const url = await socketApp({ path: '/rt/io' }, greet, (request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(request.url === '/dante/' ? '<script defer src="../rt/io/socket.io.min.js"></script>' : 'x');
    });
    const report = await probeApp(url);
    expect(report.ok).toBe(true);
    expect(failure(report, 'client-script')?.url).toMatch(/\/rt\/io\/socket\.io\.min\.js$/);
    expect(failure(report, 'websocket')?.url).toMatch(/\/rt\/io\/\?/);
  });

  it('that takes its time to start: the first answer may come later than the others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    let asked = 0;
    const url = await socketApp({}, greet, (request, response) => {
      if (asked++ === 0) vi.advanceTimersByTime(9_999);
      showPage(request, response);
    });
    const told: string[] = [];
    const report = await probeApp(url, { timeout: 1_000, firstTimeout: 10_000, onStep: ({ id }) => told.push(id) });
    expect(report.ok).toBe(true);
    expect(told).toEqual(['page', 'client-script', 'handshake', 'websocket']);
  });

  it.each([
    [
      'a page that loads the script',
      page.replace('</title>', '</title><script src="socket.io/socket.io.js"></script>'),
    ],
    ['a page that has its client in a bundle', `${page}<script>io({ path: '/dante/socket.io' })</script>`],
  ])('that attaches socket.io only some time after it listens: %s', async (_what, html) => {
    const server = createServer((request, response) => {
      if (request.url === '/dante/') response.writeHead(200, { 'content-type': 'text/html' }).end(html);
      else if (!request.url?.startsWith('/dante/socket.io')) response.writeHead(404).end('no');
      else if (server.listenerCount('upgrade') === 0) {
        response.writeHead(404).end('no');
        // What is waited for: the script of a tag, else the handshake.
        if (!html.includes('<script src') && !request.url.includes('transport=')) return;
        setTimeout(() => {
          if (server.listenerCount('upgrade') > 0) return;
          const io = new SocketServer(server, { path: '/dante/socket.io' });
          greet(io);
          onTestFinished(async () => void (await io.close()));
        }, 50);
      }
    });
    const report = await probeApp(`${await listen(server)}/dante`, { firstTimeout: 10_000 });
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
    const late = /^not there at first, and then after \d\.\d s: the app attaches socket\.io after it listens$/;
    expect(report.steps.flatMap(({ note }) => note ?? [])).toEqual([expect.stringMatching(late)]);
    expect(failure(report, 'websocket')).toMatchObject({ seen: 'open, first event "stanza"' });
  });

  it('whose process was not started for this look: what it does not know it will not know soon', async () => {
    let asked = 0;
    const url = await socketApp({ path: '/elsewhere' }, greet, (request, response) => {
      if (request.url?.startsWith('/dante/socket.io')) asked += 1;
      showPage(request, response);
    });
    const report = await probeApp(url, { socketPath: '/dante/socket.io' });
    expect(failure(report, 'handshake')).toMatchObject({ ok: false, status: 404 });
    expect(asked).toBeLessThanOrEqual(3);
  });

  it('whose path neither the page nor the sources show: the usual one is only a guess', async () => {
    const html = `${page}<script type="module">const { io } = await load(); io({ path: where() })</script>`;
    const url = await socketApp({ path: '/dante/live' }, greet, (request, response) => {
      const isPage = request.url === '/dante/';
      response.writeHead(isPage ? 200 : 404, { 'content-type': 'text/html' }).end(isPage ? html : 'no');
    });
    const sources = { hasPage: true, hasLoader: true, hasNoSockets: false };
    const report = await probeApp(url, { firstTimeout: 10_000, sources: () => sources });
    expect(failure(report, 'handshake')).toMatchObject({
      ok: true,
      status: 404,
      note: 'neither the page nor the code of the server shows its path; whether its sockets connect, the page shows',
    });
    expect(report.ok).toBe(true);
    const none = await probeApp(url, { sources: () => ({ ...sources, hasNoSockets: true }) });
    expect(none.ok).toBe(false);
    const said = { ...sources, socketIo: { paths: ['/dante/socket.io'], at: 'server.js:1' } };
    expect((await probeApp(url, { sources: () => said })).ok).toBe(false);
  });

  it('that says nothing by itself', async () => {
    const report = await probeApp(await socketApp({}, () => undefined), { eventTimeout: 50 });
    expect(failure(report, 'websocket')).toMatchObject({ ok: true, seen: 'open; no event yet' });
  });

  it('that refuses clients without a password', async () => {
    const report = await probeApp(
      await socketApp({}, (io) => io.use((_socket, next) => next(new Error('who are you?')))),
    );
    expect(failure(report, 'websocket')).toMatchObject({
      ok: true,
      seen: 'open; the app requires more to connect: who are you?',
    });
  });

  it('that bundles its client and does not serve it', async () => {
    const report = await probeApp(await socketApp({ serveClient: false }, greet));
    expect(failure(report, 'client-script')).toMatchObject({ ok: true, status: 400 });
    expect(report.ok).toBe(true);
  });

  it('that takes plain WebSockets: the page and that are all there is to look at', async () => {
    const server = createServer(showPage);
    const sockets = new WebSocketServer({ server, path: '/dante/stream' });
    sockets.on('connection', (socket) => socket.send('Midway'));
    onTestFinished(() => sockets.close());
    const report = await probeApp(`${await listen(server)}/dante`, { plainRoute: 'stream' });
    expect(short(report)).toEqual([
      ['page', true, 200, 'text/html, 35 B'],
      ['websocket', true, 101, 'open, first message: 6 B'],
    ]);
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
    sockets.removeAllListeners('connection');
    const silent = await probeApp(report.url, { plainRoute: 'stream', eventTimeout: 50 });
    expect(failure(silent, 'websocket')).toMatchObject({ ok: true, seen: 'open; no message yet' });
    const elsewhere = await probeApp(report.url, { plainRoute: 'live' });
    expect(failure(elsewhere, 'websocket')).toMatchObject({ ok: false, status: 400 });
  });

  it('whose page is its entry point', async () => {
    const url = await socketApp({}, greet, (request, response) => {
      response.writeHead(request.url === '/dante/server.js' ? 200 : 403, { 'content-type': 'text/html' }).end(page);
    });
    const report = await probeApp(url, { pages: ['server.js'] });
    expect(failure(report, 'page')).toMatchObject({ ok: true, url: expect.stringMatching(/\/dante\/server\.js$/) });
  });
});

/** A page that asks for socket.io. */
const asking = `${page}<script src="socket.io/socket.io.js"></script>`;

/** A server of its own for each kind of wrong. */
async function wrong(
  answer: RequestListener,
  upgrade?: { status: string; body: string; type?: string },
): Promise<ProbeReport> {
  const server = createServer(answer);
  server.on('upgrade', (_request, socket) => {
    if (upgrade === undefined) socket.destroy();
    else {
      const head = `HTTP/1.1 ${upgrade.status}\r\nServer: Microsoft-IIS/10.0\r\nContent-Length: ${Buffer.byteLength(upgrade.body)}\r\n`;
      socket.end(`${head}Content-Type: ${upgrade.type ?? 'text/html'}\r\nConnection: close\r\n\r\n${upgrade.body}`);
    }
  });
  return probeApp(`${await listen(server)}/dante`, { timeout: 15_000 });
}
const always =
  (status: number, body: string, type = 'text/html'): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
const devError =
  'iisnode encountered an error when processing the request.<pre>HRESULT: 0x6d\nHTTP status: 500\nHTTP subStatus: 1013\nHTTP reason: Internal Server Error</pre><pre>Error: Cannot find module &apos;x&apos;\n  at y</pre>';
const polling: RequestListener = (request, response) => {
  if (request.url?.includes('EIO') === true) response.end('0{"sid":"a","upgrades":["websocket"]}');
  else if (request.url?.endsWith('.js') === true) response.end('/* Socket.IO v4.8.4 */');
  else response.setHeader('content-type', 'text/html').end(asking);
};

describe('what is wrong is named', () => {
  it('IIS answers the upgrade itself: its WebSocket module is on', async () => {
    const report = await wrong(polling, { status: '400 Bad Request', body: '' });
    expect(failure(report, 'websocket')).toMatchObject({
      ok: false,
      status: 400,
      symptom: 'ws-module-owner',
      next: expect.stringContaining('<webSocket enabled="false" />'),
    });
    expect(report).toMatchObject({ ok: false, transport: 'polling' });
  });

  it('an upgrade answered with 200 and iisnode in the body: the inner error counts', async () => {
    const report = await wrong(polling, { status: '200 OK', body: devError });
    expect(failure(report, 'websocket')?.why).toContain('500.1013');
  });

  it.each([
    [
      'the app answers there, and closes the upgrade: socket.io has another path',
      404,
      /without an answer.*another path/,
    ],
    ['the app has ended', 500, /500\.1013/],
  ])('an upgrade that ends with 500.1013 where no socket.io is: %s', async (_, status, why) => {
    const body = status === 500 ? devError : 'no';
    const answer: RequestListener = (request, response) => {
      if (request.url?.includes('EIO') === true) response.writeHead(status, { 'content-type': 'text/html' }).end(body);
      else polling(request, response);
    };
    const report = await wrong(answer, { status: '500 Internal Server Error', body: devError });
    expect(failure(report, 'websocket')?.why).toMatch(why);
  });

  it('an upgrade answered with a page: it falls through to a file', async () => {
    const report = await wrong(polling, { status: '200 OK', body: page });
    expect(failure(report, 'websocket')?.symptom).toBe('ws-200');
  });

  it('an empty 200: the module again', async () => {
    const report = await wrong(polling, { status: '200 OK', body: '' });
    expect(failure(report, 'websocket')?.symptom).toBe('ws-module-owner');
  });

  it('socket.io refuses by itself', async () => {
    const body = '{"code":5,"message":"Unsupported protocol version"}';
    const report = await wrong(polling, { status: '400 Bad Request', body, type: 'application/json' });
    expect(failure(report, 'websocket')?.why).toContain('unsupported protocol version');
  });

  it('the server listens on another path: 404 for script and handshake', async () => {
    const report = await wrong(
      (request, response) =>
        request.url === '/dante/' ? polling(request, response) : always(404, 'no')(request, response),
      { status: '404 Not Found', body: '' },
    );
    expect(failure(report, 'handshake')).toMatchObject({ ok: false, symptom: 'path-virtual-dir' });
    expect(failure(report, 'websocket')).toMatchObject({ ok: false, symptom: 'path-virtual-dir' });
  });

  it('the app answers, but socket.io listens elsewhere: script, handshake and an upgrade without an answer', async () => {
    const server = createServer(({ url }, response) => response.end(url === '/dante/' ? asking : 'hi'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    // Nobody takes it, nobody refuses it, and the time goes by.
    server.on('upgrade', (_request, socket) => {
      socket
        .on('error', () => undefined)
        .on('end', () => socket.end())
        .resume();
      vi.advanceTimersByTime(10_000);
    });
    const report = await probeApp(`${await listen(server)}/dante`, { timeout: 10_000 });
    for (const id of ['client-script', 'handshake', 'websocket']) {
      expect(failure(report, id)).toMatchObject({ ok: false, symptom: 'path-virtual-dir' });
    }
  });

  it("the script's answer breaks off: socket.io does not find it", async () => {
    const broken = devError.replace(/<pre>Error.*/, '');
    const report = await wrong((request, response) =>
      request.url?.endsWith('.js') ? always(500, broken)(request, response) : polling(request, response),
    );
    expect(failure(report, 'client-script')?.next).toContain('client-dist');
  });

  it('a catch-all answers for socket.io.js with a page', async () => {
    const report = await wrong(always(200, asking));
    expect(failure(report, 'client-script')).toMatchObject({ ok: false, symptom: 'client-script' });
    expect(failure(report, 'handshake')).toMatchObject({ ok: false, symptom: 'client-script' });
  });

  it('the page is an iisnode error with status 200: the log line says why', async () => {
    const report = await wrong(always(200, devError));
    expect(failure(report, 'page')?.why).toBe(
      "500.1013: the pipe broke before an answer came (0x6d): Error: Cannot find module 'x'",
    );
  });

  it('500.19: the configuration cannot be used', async () => {
    const report = await wrong(always(500, '<h2>HTTP Error 500.19 - Internal Server Error</h2>0x80070021'));
    expect(failure(report, 'page')).toMatchObject({ ok: false, symptom: 'config-invalid' });
    expect(failure(report, 'page')?.why).toContain('0x80070021');
  });

  it('nothing listens: one step, no further questions', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const report = await probeApp(`http://127.0.0.1:${port}/`);
    expect(report.steps).toHaveLength(1);
    expect(report.steps[0]).toMatchObject({ ok: false, status: undefined, why: 'nothing listens there' });
  });

  it('no answer at all: the probe does not hang', async () => {
    const report = await probeApp(`${await listen(createServer(() => undefined))}/`, { timeout: 100 });
    expect(report.steps[0]?.why).toBe('no answer within 100 ms');
  });

  it('an endless redirect ends', async () => {
    const report = await wrong((_request, response) => response.writeHead(302, { location: '/dante/' }).end());
    expect(report.steps[0]?.why).toContain('more than five redirects');
  });
});

describe('readErrorPage', () => {
  it('reads the four labelled lines of iisnode, and the log', () => {
    expect(readErrorPage(200, devError)).toEqual({
      iisnode: true,
      status: 500,
      subStatus: 1013,
      hresult: '0x6d',
      log: "Error: Cannot find module 'x'\n  at y",
    });
  });
  it('finds none in a good page', () => {
    expect(readErrorPage(200, page)).toBeUndefined();
  });
});
