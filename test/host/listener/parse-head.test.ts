import http from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseHead, type RequestHead } from '../../../src/host/listener/parse-head.js';
import { RawClient } from '../hostile/raw-client.js';

const parsed = (text: string) => parseHead(Buffer.from(text, 'latin1'));
const isHead = (result: ReturnType<typeof parsed>): result is RequestHead =>
  result !== undefined && !('status' in result);

/** Lines that are right, nearly right and wrong. */
const line = fc.oneof(
  fc.constantFrom(
    'Host: x',
    'host:x',
    'Content-Length: 0',
    'Content-Length: 00',
    'content-length:+1',
    'Content-Length: 1, 1',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding : chunked',
    'Connection: close',
    'Connection: keep-alive, Upgrade',
    'Upgrade: websocket',
    'X-A: \t1 \t',
    'X-A:',
    'X-A: \xe9',
    ' folded',
    '\tfolded',
    ': none',
    'none',
    'X A: 1',
    'X-A: 1\0',
    'X-A: 1\rX-B: 2',
    'X-A: 1\nX-B: 2',
    '__proto__: 1',
    'Cookie: a=1',
  ),
  fc.string({ maxLength: 12 }),
);
const firstLine = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('GET / HTTP/1.1', 'POST /a?b HTTP/1.1', 'GET / HTTP/1.0', 'OPTIONS * HTTP/1.1'),
  },
  fc.constantFrom(
    'GET  / HTTP/1.1',
    'GET / HTTP/1.1 ',
    ' GET / HTTP/1.1',
    'GET /\t HTTP/1.1',
    'GET / HTTP/11',
    'GET /',
  ),
  fc.string({ maxLength: 20 }),
);
const heads = fc
  .tuple(firstLine, fc.array(line, { maxLength: 6 }), fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'))
  .map(([first, lines, end]) => `${[first, 'Host: y', ...lines].join(end)}${end}${end}`);

describe('a head', () => {
  it('has its headers as they came, and each name once, repeated values joined', () => {
    const head = parsed(
      'GET /a HTTP/1.1\r\nhOST: x\r\nX-A:  1 \r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\n__proto__: p\r\n\r\nrest',
    );
    expect(head).toMatchObject({ method: 'GET', target: '/a', minorVersion: 1, keepAlive: true, upgrade: false });
    expect(isHead(head) && head.rawHeaders).toEqual([
      'hOST',
      'x',
      'X-A',
      '1',
      'x-a',
      '2',
      'Cookie',
      'a=1',
      'Cookie',
      'b=2',
      '__proto__',
      'p',
    ]);
    expect(isHead(head) && Object.entries(head.headers)).toEqual(
      Object.entries({ host: 'x', 'x-a': '1, 2', cookie: 'a=1; b=2', ['__proto__']: 'p' }),
    );
    expect(isHead(head) && head.headers.constructor).toBeUndefined();
  });

  it.each([
    ['HTTP/1.1', '', true],
    ['HTTP/1.1', 'Connection: close\r\n', false],
    ['HTTP/1.1', 'Connection: Keep-Alive, Close\r\n', false],
    ['HTTP/1.1', 'Connection: x\r\nConnection: close\r\n', false],
    ['HTTP/1.0', '', false],
    ['HTTP/1.0', 'Connection: Keep-Alive\r\n', true],
  ])('of %s with %j keeps the connection: %s', (version, more, keepAlive) => {
    expect(parsed(`GET / ${version}\r\nHost: x\r\n${more}\r\n`)).toMatchObject({ keepAlive });
  });

  it('that is not all there is not judged, unless it is wrong already', () => {
    const whole = 'GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\n';
    for (let length = 0; length < whole.length; length++) expect(parsed(whole.slice(0, length))).toBeUndefined();
    for (const wrong of ['GET / HTTP/1.1\n', 'GET / HTTP/1.1\r\nA: \0', '\x16\x03', 'G ET(', '{"a":1}', 'GET / \x01']) {
      expect([wrong, isHead(parsed(wrong)), parsed(wrong) === undefined]).toEqual([wrong, false, wrong === 'G ET(']);
    }
  });

  it('is the same in any pieces: a longer text never changes what was found', () => {
    fc.assert(
      fc.property(heads, fc.string({ maxLength: 10 }), (text, more) => {
        const result = parsed(text);
        if (isHead(result)) expect(parsed(text + more)).toEqual(result);
        else if (result !== undefined) expect(parsed(text + more)).not.toSatisfy(isHead);
      }),
      { numRuns: 2000 },
    );
  });

  it('is nothing that the strict parser of node refuses, and means the same to it', async () => {
    let seen: { method: string; url: string; rawHeaders: string[] } | undefined;
    const server = http.createServer(
      { requireHostHeader: false },
      ({ method = '', url = '', rawHeaders }, response) => {
        seen = { method, url, rawHeaders };
        response.setHeader('Connection', 'close').end();
      },
    );
    server.on('clientError', (_, socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(heads, async (text) => {
        const head = parsed(text);
        if (!isHead(head) || !http.METHODS.includes(head.method)) return;
        taken++;
        seen = undefined;
        const client = await RawClient.open(port);
        await client.send(text);
        await client.all();
        await client.destroy();
        expect(seen).toMatchObject({ method: head.method, url: head.target });
        if (head.upgrade || head.headers.upgrade === undefined)
          expect(seen).toMatchObject({ rawHeaders: head.rawHeaders });
      }),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
