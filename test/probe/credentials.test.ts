import { createServer, type IncomingMessage } from 'node:http';
import { Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProbeReport, type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const step = (report: ProbeReport, id: ProbeStep['id']) => report.steps.find((one) => one.id === id);

/** What the server asks of a client; each is a way that apps have. */
interface Asked {
  readonly ofSocket?: (handshake: {
    auth: Record<string, unknown>;
    query: Record<string, unknown>;
    headers: Record<string, unknown>;
  }) => boolean;
  /** allowRequest */
  readonly ofRequest?: (request: IncomingMessage) => boolean;
  /** A middleware of the engine, which sees every request of a session. */
  readonly ofEngine?: (request: IncomingMessage) => boolean;
  /** The answer of that middleware. */
  readonly status?: number;
}

async function look(code: string, { ofSocket, ofRequest, ofEngine, status = 401 }: Asked): Promise<ProbeReport> {
  const page = `<script src="/socket.io/socket.io.js"></script><script>${code}</script>`;
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
  const io = new SocketServer(server, {
    ...(ofRequest && { allowRequest: (request, done) => done(undefined, ofRequest(request)) }),
  });
  if (ofSocket) io.use(({ handshake }, next) => next(ofSocket(handshake) ? undefined : new Error('who are you')));
  if (ofEngine) {
    io.engine.use((request: IncomingMessage, response: import('node:http').ServerResponse, next: () => void) =>
      ofEngine(request) ? next() : response.writeHead(status).end('no'),
    );
  }
  io.on('connection', (socket) => socket.emit('hi'));
  onTestFinished(() => io.close());
  return probeApp(`${await listen(server)}/`, {
    eventTimeout: 60_000,
    polls: 2,
    closer: { origin: 'https://other.example' },
  });
}

const tokenOf = ({ url = '' }: IncomingMessage) => new URL(url, 'http://x').searchParams.get('token');

describe('the look at a live app sends what the client of the page sends', () => {
  it.each<[string, Asked]>([
    ["io({ auth: { token: 'abc' } })", { ofSocket: ({ auth }) => auth.token === 'abc' }],
    [
      "io({ auth: (cb) => cb({ token: 'a' + 'bc' }), transports: ['websocket'] })",
      { ofSocket: ({ auth }) => auth.token === 'abc' },
    ],
    [
      'const socket = io({ autoConnect: false }); socket.auth = { id: 7 }; socket.connect()',
      { ofSocket: ({ auth }) => auth.id === 7 },
    ],
    ["io({ query: { token: 'abc' } })", { ofSocket: ({ query }) => query.token === 'abc' }],
    ["io('/?token=abc')", { ofRequest: (request) => tokenOf(request) === 'abc' }],
    ["io({ extraHeaders: { 'X-Key': 'abc' } })", { ofSocket: ({ headers }) => headers['x-key'] === 'abc' }],
    [
      "io({ extraHeaders: { Authorization: 'Bearer abc' } })",
      { ofRequest: ({ headers }) => headers.authorization === 'Bearer abc' },
    ],
    [
      "io({ extraHeaders: { 'X-Key': 'abc' }, transports: ['polling'] })",
      { ofEngine: ({ headers }) => headers['x-key'] === 'abc' },
    ],
    [
      "io({ query: { token: 'abc' } }); io('/', { forceNew: true, query: { token: 'abc' } })",
      { ofEngine: (request) => tokenOf(request) === 'abc' || (request.url ?? '').includes('sid=') },
    ],
  ])('%s', async (code, asked) => {
    const report = await look(code, asked);
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(step(report, 'handshake')).toMatchObject({ ok: true, status: 200 });
    for (const each of report.steps.filter(({ id }) => id === 'websocket')) {
      expect(each.refused).toBeUndefined();
      expect(each.note).toBeUndefined();
      expect(each.seen).toMatch(/^open, first event "hi"|^not tried/);
    }
    const { firefox } = report.sockets ?? {};
    expect(firefox === undefined || firefox.kind === 'open').toBe(true);
  });

  it.each([
    [
      'io({ auth: { token: localStorage.token } })',
      { ofSocket: () => false },
      'websocket',
      /auth with values that only its code knows/,
    ],
    ['io({ query: { token } })', { ofRequest: () => false }, 'handshake', /code 4/],
    [
      "io({ extraHeaders: { 'x-key': key } })",
      { ofEngine: (): boolean => false, status: 400 },
      'handshake',
      /extraHeaders with values that only its code knows/,
    ],
    [
      'io({ query: { token } })',
      { ofEngine: (): boolean => false, status: 403 },
      'handshake',
      /query with values|only at this path/,
    ],
  ] as const)('a refusal is a note where a value is not known: %s', async (code, asked, id, note) => {
    const report = await look(code, asked);
    expect(report.ok).toBe(true);
    expect(`${step(report, id)?.note}`).toMatch(note);
  });

  it('a refusal of what the page sends comes without that note', async () => {
    const report = await look("io({ auth: { token: 'old' } })", { ofSocket: () => false });
    expect(step(report, 'websocket')).toMatchObject({ ok: true, refused: 'who are you' });
    expect(step(report, 'websocket')?.note).toBeUndefined();
  });

  it('a header that no script can set is not sent, and one of a WebSocket neither', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const keep = ({ headers }: IncomingMessage) => {
      seen.push(headers);
      return true;
    };
    await look("io({ extraHeaders: { Host: 'evil', 'X-Key': 'abc' }, transports: ['websocket'] })", {
      ofRequest: keep,
    });
    expect(seen.length).toBeGreaterThan(0);
    for (const headers of seen.filter(({ upgrade }) => upgrade)) expect(headers['x-key']).toBeUndefined();
    for (const { host } of seen) expect(host).toMatch(/^127\.0\.0\.1:/);
  });

  it('namespaces share the query of the first, unless they ask for a connection of their own', async () => {
    const asked: Asked = { ofRequest: (request) => tokenOf(request) === 'abc' };
    const first = "io('/', { query: { token: 'abc' } }); ";
    const shared = await look(`${first}io('/news', { query: { token: 'no' } })`, asked);
    expect(shared.steps.map(({ id, ok }) => [id, ok])).toContainEqual(['handshake', true]);
    expect(shared.steps.filter(({ id }) => id === 'handshake')).toHaveLength(1);
    const own = await look(`${first}io('/news', { forceNew: true, query: { token: 'no' } })`, asked);
    expect(own.steps.filter(({ id }) => id === 'handshake').map(({ note }) => note)).toEqual([
      undefined,
      expect.stringContaining('code 4'),
    ]);
  });
});
