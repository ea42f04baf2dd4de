import net from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folderWith, request, serve, webConfig } from './harness.js';

/** Sends bytes, half-closes, and resolves when the server has answered or closed; never rejects. */
const send = (port: number, bytes: Buffer): Promise<string> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.end(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('error', () => undefined).on('close', () => resolve(text));
  });

const config = webConfig(
  '<rewrite><rules><rule name="r"><match url="^r/(.*)" /><conditions><add input="{QUERY_STRING}" pattern="x=(.*)" /></conditions><action type="Rewrite" url="{R:1}" /></rule></rules></rewrite><directoryBrowse enabled="true" />',
);

describe('whatever a client sends', () => {
  it('below a file as a script gets the answer of a missing folder, and no fault of ours', async () => {
    const { get, events } = await serve({
      directory: folderWith({
        'web.config': webConfig('<handlers><add name="all" path="*" verb="*" modules="iisnode" /></handlers>'),
        'server.js': '',
      }),
      vdirPath: '/',
    });
    expect((await get('/server.js/x')).code).toBe('500.1000');
    expect(events.map(({ code }) => code)).not.toContain('HOST_FAULT');
  });

  it('in a URL, gets an answer and never a fault of ours', async () => {
    const { port, events } = await serve({
      directory: folderWith({ 'web.config': config, 'a.txt': 'a' }),
      vdirPath: '/',
    });
    const piece = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom(
        '%00',
        '%2e%2e',
        '..',
        '//',
        '\\',
        '%5c',
        '%',
        '%c0%af',
        ':',
        'a.txt',
        'web.config',
        '::$DATA',
        'con',
        'r/',
        '?',
        'x=1',
        '#',
        '~1',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 8 }),
        fc.constantFrom('GET', 'POST', 'HEAD', 'TRACE', 'PUT'),
        async (parts, method) => {
          const url = `/${parts.join('/')}`.replace(/[\0-\x20\x7f-\uffff]/g, '_');
          const text = await send(
            port,
            Buffer.from(`${method} ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'),
          );
          expect(text).toMatch(/^HTTP\/1\.1 [1-5]\d\d /);
        },
      ),
      { numRuns: 150 },
    );
    expect(events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
  });

  it('in bytes, leaves the host serving', async () => {
    const { port, events } = await serve({ directory: folderWith({ 'a.txt': 'a' }), vdirPath: '/' });
    const line = fc.constantFrom(
      'GET /a.txt HTTP/1.1\r\n',
      'Host: x\r\n',
      'Connection: Upgrade\r\n',
      'Upgrade: websocket\r\n',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Expect: 100-continue\r\n',
      'Range: bytes=1-0,,9\r\n',
      'If-None-Match: "\r\n',
      '\r\n',
      '5\r\nhello\r\n0\r\n\r\n',
    );
    const bytes = fc
      .array(
        fc.oneof(
          { weight: 4, arbitrary: line.map((text) => Buffer.from(text)) },
          fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)),
        ),
        { maxLength: 10 },
      )
      .map((pieces) => Buffer.concat(pieces));
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        await send(port, sent);
      }),
      { numRuns: 150 },
    );
    expect((await request(port, '/a.txt')).body).toBe('a');
    expect(events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
  });
});
