import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { Server, type ServerOptions } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { probeApp } from '../../src/probe/index.js';
import { listen } from '../probe/listen.js';
import { root } from '../support/cli.js';

const require = createRequire(import.meta.url);
// Both are CommonJS without types that fit.
const Server2: unknown = require('socket.io-2');
const { Server: Server3 } = require('socket.io-3') as { readonly Server: unknown };
/** Where npm has put it: its `exports` do not name it. */
const packages = path.join(root, 'node_modules');
const foreign = 'https://page.example';
const tag = '<script src="socket.io/socket.io.js"></script>';

const clientOf = (name: string): string => readFileSync(path.join(packages, name, 'dist/socket.io.js'), 'utf8');
const ownCopy = '<script src="lib/socket.io.js"></script><script>io()</script>';

/** An http server with a page; `more` are further files by path. */
function pageServer(page = tag, more: Readonly<Record<string, string>> = {}): HttpServer {
  return createServer((request, response) => {
    const found = request.url === '/' ? `<!doctype html><title>app</title>${page}` : more[request.url ?? ''];
    const type = request.url === '/' ? 'text/html' : 'text/javascript';
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': type }).end(found ?? 'no');
  });
}

interface Attached {
  of: (name: string) => { use(check: (socket: unknown, next: (error?: Error) => void) => void): unknown };
  on(event: 'connection', greet: (socket: { emit(event: string): unknown }) => void): unknown;
  close(done?: () => void): unknown;
}

/** socket.io on a server, with an event for each client. */
function attach(http: HttpServer, options: Partial<ServerOptions> = {}, Kind: unknown = Server): Attached {
  const io = new (Kind as new (server: HttpServer, given: object) => Attached)(http, options);
  io.on('connection', (socket) => socket.emit('hello'));
  onTestFinished(() => void io.close());
  return io;
}

/** What is in front of an app: it answers requests and upgrades itself, or (`false`) leaves them to the app. */
async function inFront(
  app: HttpServer,
  take: {
    request?: (request: IncomingMessage, response: ServerResponse) => boolean;
    upgrade?: (request: IncomingMessage, socket: Duplex) => boolean;
  },
): Promise<string> {
  const front = createServer((request, response) => {
    if (!take.request?.(request, response)) app.emit('request', request, response);
  });
  front.on('upgrade', (request, socket, head) => {
    if (!take.upgrade?.(request, socket)) app.emit('upgrade', request, socket, head);
  });
  return listen(front);
}

async function said(url: string, options: { readonly origin?: string } = {}): Promise<readonly string[]> {
  const { findings } = await diagnose(url, { cwd: '/', ...options });
  return findings.map(({ rule, message }) => `${rule} ${message}`);
}

describe('generations of socket.io', () => {
  it.each([
    ['socket.io-client-2', Server, {}, [/^LIVE_GENERATIONS_DIFFER .*socket\.io 3 or newer.*client is socket\.io 2\./]],
    ['socket.io-client-2', Server, { allowEIO3: true }, []],
    ['socket.io-client-3', Server, {}, []],
    ['socket.io-client-3', Server2, {}, [/^LIVE_GENERATIONS_DIFFER /]],
    ['socket.io-client-2', Server2, {}, []],
    ['socket.io-client', Server3, {}, []],
  ] as const)('a page with a copy of %s and %o %j', async (client, Kind, options, expected) => {
    const http = pageServer(ownCopy, { '/lib/socket.io.js': clientOf(client) });
    attach(http, { ...options, serveClient: false }, Kind);
    expect(await said(await listen(http))).toEqual(expected.map((each) => expect.stringMatching(each)));
  });

  it.each([
    ['newer client', clientOf('socket.io-client'), 1],
    ['client of 0.9', '/*! Socket.IO.js build:0.9.16, development. */ var io = {};', 0],
  ])('a server of 0.9 and a %s', async (_what, script, count) => {
    const url = await listen(
      pageServer(ownCopy, {
        '/lib/socket.io.js': script,
        ...{ '/socket.io/1/': 'Xxt60Ni_4y9:60:60:websocket,xhr-polling' },
      }),
    );
    const front = await inFront(pageServer(), {
      request: (request, response) => {
        void fetch(`${url}${(request.url ?? '').replace(/\?.*/, '')}`).then(async (answer) => {
          const type = answer.headers.get('content-type') ?? '';
          response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
        });
        return true;
      },
      upgrade: (_request, socket) => Boolean(socket.end('HTTP/1.1 404 Not Found\r\n\r\n')),
    });
    const found = (await said(front)).filter((each) => !each.startsWith('LIVE_NOTE'));
    expect(found).toHaveLength(count);
    for (const each of found) expect(each).toMatch(/^LIVE_GENERATIONS_DIFFER The server is socket\.io 0\.9/);
  });
});

describe('from a page of another origin', () => {
  it.each([
    ['4', Server, {}, ['LIVE_CORS_REFUSED']],
    ['3', Server3, {}, ['LIVE_CORS_REFUSED']],
    ['4', Server, { cors: { origin: foreign, credentials: true } }, []],
    ['4', Server, { cors: { origin: '*' } }, []],
    ['4', Server, { cors: { origin: 'https://other.example' } }, ['LIVE_CORS_REFUSED']],
    ['4', Server, { cors: { origin: '*', credentials: true } }, ['LIVE_CORS_WITHOUT_CREDENTIALS']],
    ['4', Server, { transports: ['websocket'] }, []],
    // It answers OPTIONS with a session alone, and says nothing of caches.
    ['2', Server2, {}, ['LIVE_CORS_PREFLIGHT', 'LIVE_CORS_VARY']],
    // The handshake and the WebSocket: one cause, told once.
    ['2', Server2, { origins: 'https://other.example:443' }, ['LIVE_ORIGIN_REFUSED']],
  ] as const)('socket.io %s, %o %j: %j', async (_version, Kind, options, expected) => {
    // The copy of 2 that is installed under another name serves the client of 4.
    const http =
      Kind === Server2 ? pageServer(ownCopy, { '/lib/socket.io.js': clientOf('socket.io-client-2') }) : pageServer();
    // socket.io 2 judges the origin of the site itself by the same list.
    const own = 'origins' in options ? { origins: `${options.origins} 127.0.0.1:*` } : {};
    attach(http, { ...(options as Partial<ServerOptions>), ...own }, Kind);
    const found = await said(await listen(http), { origin: foreign });
    expect(found.map((each) => each.split(' ')[0])).toEqual(expected);
  });

  it('the header that IIS adds is there twice', async () => {
    const http = pageServer();
    attach(http, { cors: { origin: '*' } });
    const url = await inFront(http, {
      request: (_request, response) => {
        const write = response.writeHead.bind(response);
        const twice = (status: number): ServerResponse => {
          const own = response.getHeader('access-control-allow-origin');
          response.setHeader('access-control-allow-origin', [...(own === undefined ? [] : [String(own)]), '*']);
          return write(status);
        };
        response.writeHead = twice as typeof response.writeHead;
        return false;
      },
    });
    expect(await said(url, { origin: foreign })).toEqual([expect.stringMatching(/^LIVE_CORS_TWICE .*: \*, \*\.$/)]);
  });

  it('of the site itself is none', async () => {
    const http = pageServer();
    attach(http);
    const url = await listen(http);
    expect(await said(url, { origin: url })).toEqual([]);
  });

  it.each(['https://a.example/', 'ftp://a.example', 'a.example', ''])('%j is no origin', async (origin) => {
    await expect(diagnose('http://127.0.0.1:9/', { cwd: '/', origin })).rejects.toMatchObject({ code: 'BAD_ORIGIN' });
  });

  it('is for a URL alone', async () => {
    await expect(diagnose('.', { cwd: import.meta.dirname, origin: foreign })).rejects.toMatchObject({
      code: 'ORIGIN_NEEDS_URL',
      exitCode: 2,
    });
  });
});

describe('what is in front of the app', () => {
  const isPoll = ({ url = '' }: IncomingMessage): boolean => /transport=polling.*sid=/.test(url);

  it('refuses POST', async () => {
    const http = pageServer();
    attach(http);
    const url = await inFront(http, {
      request: ({ method }, response) => method === 'POST' && Boolean(response.writeHead(405).end('no')),
    });
    expect(await said(url)).toEqual([expect.stringMatching(/^LIVE_POST_REFUSED POST at .*: HTTP 405/)]);
  });

  it('refuses what Firefox sends', async () => {
    const http = pageServer();
    attach(http);
    const url = await inFront(http, {
      upgrade: ({ headers }, socket) =>
        headers.connection !== 'Upgrade' && Boolean(socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    });
    expect(await said(url)).toEqual([expect.stringMatching(/^LIVE_FIREFOX_REFUSED /)]);
  });

  it('sends upgrades to another process than the polls', async () => {
    const [http, other] = [pageServer(), pageServer()];
    for (const each of [http, other]) attach(each);
    const url = await inFront(http, {
      upgrade: (request, socket) => other.emit('upgrade', request, socket, Buffer.alloc(0)),
    });
    expect(await said(url)).toEqual([expect.stringMatching(/^LIVE_UPGRADE_LOST .*400 "Session ID unknown" instead/)]);
  });

  it('compresses a poll of a few bytes, closes before the ping, and lets in less than the app', async () => {
    const http = pageServer();
    attach(http, { pingInterval: 70_000, maxHttpBufferSize: 5e6 });
    const url = await inFront(http, {
      request: (request, response) => {
        response.setHeader('server', 'nginx');
        if (!isPoll(request) || request.method !== 'GET') return false;
        response.setHeader('content-encoding', 'gzip');
        return Boolean(response.end(gzipSync('40{"sid":"abc"}')));
      },
    });
    expect((await said(url)).map((each) => each.split(' ')[0])).toEqual([
      'LIVE_PING_TOO_SLOW',
      'LIVE_MESSAGE_LIMIT',
      'LIVE_POLL_COMPRESSED',
    ]);
  });

  it.each([
    ['keeps the answer', () => undefined, /no answer within 300 ms/],
    [
      'ends it early',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': 90 }).write('40'),
      /only 2 bytes/,
    ],
  ])('%s of a poll', async (_what, answer, because) => {
    const http = pageServer();
    attach(http);
    const url = await inFront(http, {
      request: (request, response) => {
        if (!isPoll(request) || request.method !== 'GET') return false;
        answer(response);
        return true;
      },
    });
    const { sockets } = await probeApp(url, { closer: {}, timeout: 300 });
    expect(sockets?.poll).toMatchObject({ status: undefined, because: expect.stringMatching(because) });
  });
});

describe('an answer 101', () => {
  const answer =
    (lines: string, behind = '') =>
    (_request: IncomingMessage, socket: Duplex) =>
      Boolean(
        socket
          .resume()
          .on('end', () => socket.destroy())
          .write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n\r\n${behind}`),
      );

  it.each([
    [
      'of another key',
      'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA',
      /Sec-WebSocket-Accept/,
    ],
    ['to another protocol', 'Upgrade: h2c\r\nConnection: Upgrade', /Upgrade header/],
  ])('%s is none of a WebSocket server', async (_what, lines, words) => {
    const http = pageServer();
    attach(http);
    const url = await inFront(http, { upgrade: answer(lines) });
    const found = await said(url);
    expect(found).toEqual([expect.stringMatching(/^LIVE_UPGRADE_ANSWER_WRONG /)]);
    expect(found[0]).toMatch(words);
  });

  it('has its Connection twice', async () => {
    const http = pageServer();
    const io = attach(http) as unknown as Server;
    io.engine.on('headers', (headers: Record<string, string>, { headers: { upgrade } }: IncomingMessage) => {
      if (upgrade !== undefined) headers.Connection = 'Upgrade';
    });
    expect(await said(await listen(http))).toEqual([
      expect.stringMatching(/^LIVE_CONNECTION_HEADER_TWICE .*"Connection: Upgrade" and "Connection: Upgrade"/),
    ]);
  });
});

it('the namespaces of the page are connected, and a refusal is reported', async () => {
  const http = pageServer(`${tag}<script>io('/chat'); io('/admin'); io()</script>`);
  const io = attach(http);
  io.of('/admin').use((_socket, next) => next(new Error('no token')));
  const found = await said(await listen(http));
  expect(found).toEqual([
    expect.stringMatching(/^LIVE_NAMESPACE_MISSING the WebSocket of \/chat/),
    expect.stringMatching(/^LIVE_VISITOR_REFUSED the WebSocket of \/admin.*: no token\.$/),
  ]);
});

describe('a client script that browsers do not run', () => {
  it.each([
    ['is cut off', 'text/javascript', undefined, 'window.io = function () { /* socket.io', /no complete JavaScript/],
    ['is called text', 'text/plain', 'nosniff', 'window.io = "socket.io"', /nosniff/],
  ])('%s', async (_what, type, sniff, body, words) => {
    const http = pageServer();
    attach(http, { serveClient: false });
    const url = await inFront(http, {
      request: ({ url: asked }, response) => {
        if (asked !== '/socket.io/socket.io.js') return false;
        response.setHeader('content-type', type);
        if (sniff !== undefined) response.setHeader('x-content-type-options', sniff);
        return Boolean(response.end(body));
      },
    });
    const { findings } = await diagnose(url, { cwd: '/' });
    expect(findings).toMatchObject([{ rule: 'LIVE_CLIENT_SCRIPT_FAILS', why: expect.stringMatching(words) }]);
  });
});
