import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { diagnose, reporters } from '../../src/doctor/index.js';
import { probeApp } from '../../src/probe/index.js';
import { listen } from '../probe/listen.js';

const page = '<!doctype html><script src="socket.io/socket.io.js"></script><script>io("/a"); io()</script>';
const session = '0{"sid":"abc","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';

interface Hostile {
  /** Answers what is neither the page nor its script; by default a session of Engine.IO 4 and `ok`. */
  readonly polling?: (request: IncomingMessage, response: ServerResponse) => void;
  /** By default a socket that says nothing. */
  readonly webSocket?: (socket: WebSocket) => void;
  /** In place of a WebSocket server. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket) => void;
}

/** A site with a page whose sockets are hostile. */
async function hostile({ polling, webSocket, upgrade }: Hostile): Promise<string> {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    const { url = '', method } = request;
    if (url === '/') return response.setHeader('content-type', 'text/html').end(page);
    if (url.endsWith('.js')) return response.setHeader('content-type', 'text/javascript').end('/* Socket.IO v4.8.4 */');
    if (polling !== undefined) return polling(request, response);
    return response.end(method === 'POST' ? 'ok' : session);
  });
  const open = new Set<Socket>();
  server.on('upgrade', (request, socket: Socket, head) => {
    open.add(socket.on('error', () => undefined));
    if (upgrade !== undefined) return upgrade(request, socket);
    sockets.handleUpgrade(request, socket, head, (each) => webSocket?.(each.on('error', () => undefined)));
  });
  const url = await listen(server);
  onTestFinished(() => {
    for (const each of open) each.destroy();
  });
  return `${url}/`;
}

/** What begins with `head` and does not end: a piece each time that the other side has taken the last one. */
function endless(response: ServerResponse | Socket, piece: string | Buffer): void {
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}

/** Each look at it ends, and says something short. */
async function expectBounded(url: string, timeout = 300): Promise<readonly string[]> {
  const { steps } = await probeApp(url, {
    polls: 2,
    closer: { origin: 'https://a.example' },
    timeout,
    eventTimeout: 50,
  });
  expect(steps.map(({ id }) => id)).toContain('handshake');
  for (const { seen, why = '', ok, next } of steps) {
    expect(seen.length + why.length).toBeLessThan(1_500);
    if (!ok) expect(next).toBeTypeOf('string');
  }
  return steps.map(({ seen, why = '' }) => `${seen}: ${why}`);
}

const megabyte = 'a'.repeat(1_000_000);

describe('a hostile server of sockets', () => {
  it.each<[string, Hostile, RegExp]>([
    [
      'with a session id of a megabyte',
      { polling: (_request, response) => response.end(session.replace('abc', megabyte.slice(0, 900_000))) },
      /no session id that could be used/,
    ],
    [
      'whose handshake does not end',
      {
        polling: (_request, response) => {
          response.write('0{"sid":"');
          endless(response, megabyte);
        },
      },
      /HTTP|no content type/,
    ],
    ['whose handshake is one byte', { polling: (_request, response) => response.write('0') }, /something else/],
    [
      'that answers no poll',
      { polling: ({ url = '' }, response) => url.includes('sid=') || response.end(session) },
      /no answer within 300 ms/,
    ],
    [
      'whose upgrade is answered with a page that does not end',
      {
        upgrade: (_request, socket) => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n');
          endless(socket, megabyte);
        },
      },
      /HTTP 200 instead of 101/,
    ],
    [
      'with headers of a megabyte',
      { upgrade: (_request, socket) => socket.write(`HTTP/1.1 101 Switching Protocols\r\nX: ${megabyte}\r\n\r\n`) },
      /headers of the answer are larger than 16 kB/,
    ],
    [
      'with a message of two megabytes',
      { webSocket: (socket) => socket.send(megabyte + megabyte) },
      /longer than 1 MB/,
    ],
    [
      'with messages that do not end',
      {
        webSocket: (socket) => {
          const more = (): void => {
            if (socket.readyState === socket.OPEN) socket.send('42/other,["x"]', () => setImmediate(more));
          };
          socket.send(session);
          more();
        },
      },
      /no socket\.io handshake within 300 ms/,
    ],
    [
      'with an event whose name is a text of its own',
      {
        webSocket: (socket) => {
          for (const packet of [session, '40{"sid":"a"}', `42["\u001b[2J${'x'.repeat(900_000)}"]`]) socket.send(packet);
        },
      },
      /open, first event/,
    ],
  ])('%s is looked at to an end', async (_what, server, words) => {
    const seen = await expectBounded(await hostile(server));
    expect(seen.filter((each) => words.test(each))).not.toEqual([]);
  });

  it('that writes to the terminal does not reach it', async () => {
    const url = await hostile({
      webSocket: (socket) => {
        const refusal = '"\u001b[2J\u001b[31mred"';
        for (const packet of [session, '40{"sid":"a"}', `44{"message":${refusal}}`, `44/a,{"message":${refusal}}`]) {
          socket.send(packet);
        }
        socket.on('message', (data) => String(data) === '2probe' && socket.send('3probe'));
      },
    });
    const report = await diagnose(url, { cwd: '/' });
    expect(report.findings.map(({ rule }) => rule)).toContain('LIVE_VISITOR_REFUSED');
    expect(reporters.text(report, undefined, '/')).not.toContain('\u001b');
  });

  it('with any bytes behind 101 is looked at to an end', async () => {
    let bytes: Uint8Array = new Uint8Array();
    const { createHash } = await import('node:crypto');
    const accept = (key = ''): string =>
      createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const url = await hostile({
      upgrade: ({ headers }, socket) => {
        const head = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept(headers['sec-websocket-key'])}`;
        socket.resume().write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n\r\n`);
        socket.end(bytes);
      },
    });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (some) => {
        bytes = some;
        await expectBounded(url);
      }),
      { numRuns: 20 },
    );
  });

  it('with any text as a session is looked at to an end', async () => {
    let text = '';
    const url = await hostile({ polling: (_request, response) => response.end(text) });
    const piece = fc.constantFrom(
      session,
      '0{"sid":"',
      '96:',
      '"',
      '}',
      '\0\t',
      ':60:60:websocket',
      '{"code":5,"message":"x"}',
      'ok',
      '40',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(piece, fc.string()), { maxLength: 5 }), async (pieces) => {
        text = pieces.join('');
        await expectBounded(url);
      }),
      { numRuns: 20 },
    );
  });
});
