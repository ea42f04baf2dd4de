import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { type LiveLook, lookAtLive } from '../../src/probe/index.js';

/** What a hostile server does with a connection. */
type Answer = (socket: Socket) => void;

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';
const limits = { timeout: 100, eventTimeout: 1 };

async function serve(answer: Answer): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const each of sockets) each.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/`;
}

/** Writes for as long as the other side reads. */
const endless =
  (head: string, piece: string): Answer =>
  (socket) => {
    socket.write(head);
    const more = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    more();
  };

/** One piece each few milliseconds. */
const dripping =
  (head: string, piece: string): Answer =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(piece), 5);
    socket.on('close', () => clearInterval(timer));
  };

const said =
  (text: string): Answer =>
  (socket) =>
    socket.end(text);

const page = (body: string): Answer => said(`${ok}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

/** On a busy machine the connection alone can take all the time, and then it is what is told. */
function isOnlyConnection({ transports: [first] }: LiveLook): boolean {
  if (first?.fault === undefined) return false;
  expect(first.fault.code).toBe('TIMEOUT');
  return true;
}

describe('a look at a hostile server ends, with a clear word', () => {
  it.each<readonly [what: string, answer: Answer]>([
    ['an endless body', endless(`${ok}\r\n`, 'x'.repeat(65_536))],
    ['an endless body in chunks', endless(`${ok}Transfer-Encoding: chunked\r\n\r\n`, '1\r\nx\r\n'.repeat(5_000))],
    ['endless headers', endless(ok, `X: ${'x'.repeat(60_000)}\r\n`)],
    ['endless announcements of an answer', endless('', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000))],
    ['headers one by one', dripping('HTTP/1.1 200 OK\r\n', 'A: b\r\n')],
    ['a body one byte at a time', dripping(`${ok}Content-Length: 1000000\r\n\r\n`, 'x')],
    ['no answer', () => undefined],
    ['a connection that is cut', (socket) => socket.destroy()],
    ['garbage', said('\0\xff garbage \r\n\r\n')],
    ['a body that is too short', said(`${ok}Content-Length: 1000\r\n\r\nshort`)],
    ['a chunk of a bad size', said(`${ok}Transfer-Encoding: chunked\r\n\r\nZZ\r\n`)],
    ['a redirect to itself', said('HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n')],
    ['a redirect to no address', said('HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n')],
    ['a redirect to a file', said('HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n')],
    [
      'an upgrade that was not asked for',
      said('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    ],
    ['status 999', said('HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n')],
    [
      'a page with a hundred thousand scripts',
      page(Array.from({ length: 100_000 }, (_, at) => `<script src=${at}>`).join('')),
    ],
  ])('%s', async (_what, answer) => {
    const url = await serve(answer);
    const look = await lookAtLive(url, limits);
    if (isOnlyConnection(look)) return;
    const { exchanges } = look;
    expect(exchanges.length).toBeGreaterThan(0);
    expect(exchanges.length).toBeLessThan(150);
    for (const { bytes } of exchanges) expect(bytes).toBeLessThan(2_000_000);
  });

  it('garbage in place of TLS is one finding', async () => {
    const url = (await serve(said('\x16\x03\x01 garbage'))).replace('http:', 'https:');
    const { findings } = await diagnose(url, { cwd: '/' });
    expect(findings.map(({ rule }) => rule)).toEqual(['LIVE_TLS_FAILS']);
  });

  // Each began an expression that took quadratic time, or more.
  it.each([
    `iisnode encountered an error${'<pre>'.repeat(200_000)}`,
    `IIS 10.0 Detailed Error<th>Module</th><td>${' '.repeat(900_000)}`,
    '<!---->'.repeat(140_000),
    '<script '.repeat(120_000),
    '<a data-adapter="azure" '.repeat(40_000),
    '<base href="'.repeat(80_000),
    `<configuration${' '.repeat(900_000)}`,
    '\n'.repeat(900_000),
    'import '.repeat(140_000),
    'a'.repeat(900_000),
    '1-'.repeat(450_000),
    `{"message":${'"code":'.repeat(120_000)}`,
  ])('%#: a page that is hard to read', async (body) => {
    // Time enough for what must be read, also on a busy machine.
    const { exchanges } = await lookAtLive(await serve(page(body)), { ...limits, timeout: 10_000 });
    expect(exchanges[0]?.bytes).toBeGreaterThan(100_000);
  });

  it('any mixture of what servers send', async () => {
    const pieces = [
      ...[
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 302 Found\r\n',
        'HTTP/1.1 500 No\r\n',
        'HTTP/1.1 101 X\r\n',
        '\r\n',
        '\r\n\r\n',
      ],
      ...['Content-Type: text/html\r\n', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n', 'Location: /x\r\n'],
      ...[
        'Set-Cookie: a=b; Path=/\r\n',
        'Upgrade: websocket\r\n',
        '5\r\nhello\r\n0\r\n\r\n',
        '0{"sid":"a"}',
        '<script>io()</script>',
      ],
      ...['iisnode encountered an error', '<pre>', 'HTTP Error 500.19', 'DB=1\n', '\0', '\uFEFF', 'x'.repeat(20_000)],
    ];
    const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (text, isFramed) => {
        const url = await serve(isFramed ? page(text) : said(text));
        const look = await lookAtLive(url, { timeout: 60, eventTimeout: 1 });
        const { probe, exchanges } = look;
        if (!isOnlyConnection(look)) expect(probe.steps.length).toBeGreaterThan(0);
        expect(exchanges.length).toBeLessThan(150);
        for (const { ok: isRight, why } of probe.steps) if (!isRight) expect(why).toBeTruthy();
      }),
      { numRuns: 12 },
    );
  });
});
