import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { probeApp } from '../../src/probe/index.js';
import { listen } from '../probe/listen.js';
import { passesUpgrades, startNginx } from '../support/nginx.js';

const page = '<!doctype html><script src="socket.io/socket.io.js"></script><script>io()</script>';

/** The URL of an nginx in front of an app, until the test ends. */
async function behindNginx(app: string, settings: string): Promise<string> {
  const nginx = await startNginx(app, settings);
  onTestFinished(() => nginx.close());
  return nginx.url;
}

/** socket.io with a page, and `take` before it. */
async function app(options = {}, take: (http: HttpServer) => void = () => undefined): Promise<string> {
  const http = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
  const io = new Server(http, options);
  io.on('connection', (socket) => socket.emit('hello'));
  onTestFinished(() => void io.close());
  take(http);
  return listen(http);
}

const codes = async (url: string, origin?: string): Promise<readonly string[]> =>
  (await diagnose(url, { cwd: '/', ...(origin && { origin }) })).findings.map(({ rule }) => rule);

describe('socket.io behind nginx', () => {
  it('that passes upgrades on has no findings', async () => {
    expect(await codes(await behindNginx(await app(), passesUpgrades))).toEqual([]);
  });

  it.each([
    ['without the headers of an upgrade', ''],
    ['with a wrong header', 'proxy_http_version 1.1; proxy_set_header Connection "close";'],
  ])('%s: the WebSocket does not open', async (_what, settings) => {
    const { findings } = await diagnose(await behindNginx(await app(), settings), { cwd: '/' });
    expect(findings).toMatchObject([
      { rule: 'LIVE_WEBSOCKET_FAILS', why: expect.stringContaining('nginx does not pass the headers Upgrade') },
    ]);
  });

  it('that adds a header which the app sends as well, waits less than a ping, and compresses', async () => {
    const url = await behindNginx(
      await app({ cors: { origin: '*' }, pingInterval: 60_000 }),
      `${passesUpgrades} add_header Access-Control-Allow-Origin *; gzip on; gzip_min_length 1; gzip_types text/plain;`,
    );
    expect(await codes(url, 'https://a.example')).toEqual([
      'LIVE_PING_TOO_SLOW',
      'LIVE_CORS_TWICE',
      'LIVE_POLL_COMPRESSED',
    ]);
  });

  it('that takes GET alone refuses what polls send', async () => {
    const url = await behindNginx(
      await app({ transports: ['polling'] }),
      `${passesUpgrades} limit_except GET { deny all; }`,
    );
    expect(await codes(url)).toEqual(['LIVE_POST_REFUSED']);
  });

  it('that keeps an answer until it is complete holds a poll back', async () => {
    const held = await app({}, (http) => {
      const [answer] = http.listeners('request') as ((...args: unknown[]) => void)[];
      http.removeAllListeners('request').on('request', (request, response) => {
        const isPoll = request.method === 'GET' && /sid=/.test(request.url ?? '');
        // A part of the answer comes at once, its end never: nginx passes on neither.
        if (isPoll) response.writeHead(200, { 'content-length': 100 }).write('40{"sid":');
        else answer?.(request, response);
      });
    });
    const asked = { closer: {}, timeout: 500 };
    const buffered = await probeApp(await behindNginx(held, `${passesUpgrades} proxy_buffering on;`), asked);
    expect(buffered.sockets?.poll).toMatchObject({ status: undefined });
    const direct = await probeApp(held, asked);
    expect(direct.sockets?.poll).toMatchObject({ because: expect.stringMatching(/^only 9 bytes/) });
  });
});
