import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Server } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { probeApp } from '../../src/probe/index.js';
import { listen } from '../probe/listen.js';
import { freePort } from '../support/free-port.js';

const page = '<!doctype html><script src="socket.io/socket.io.js"></script><script>io()</script>';

/** A real nginx in front of an app; `settings` of its location. Resolves with its URL when it takes connections. */
async function behindNginx(app: string, settings: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const configuration = `daemon off; master_process off; pid ${folder}/pid; error_log stderr notice;
events {}
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server { listen 127.0.0.1:${port}; location / { proxy_pass ${app}; ${settings} } }
}
`;
  writeFileSync(path.join(folder, 'nginx.conf'), configuration);
  const child = spawn(process.env.NGINX_PROGRAM ?? 'nginx', ['-p', folder, '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  await expect.poll(() => (child.exitCode === null ? connects(port) : written)).toBe(true);
  return `http://127.0.0.1:${port}/`;
}

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** socket.io with a page, and `take` before it. */
async function app(options = {}, take: (http: HttpServer) => void = () => undefined): Promise<string> {
  const http = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page));
  const io = new Server(http, options);
  io.on('connection', (socket) => socket.emit('hello'));
  onTestFinished(() => void io.close());
  take(http);
  return listen(http);
}

const upgrades =
  'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';
const codes = async (url: string, origin?: string): Promise<readonly string[]> =>
  (await diagnose(url, { cwd: '/', ...(origin && { origin }) })).findings.map(({ rule }) => rule);

describe('socket.io behind nginx', () => {
  it('that passes upgrades on has no findings', async () => {
    expect(await codes(await behindNginx(await app(), upgrades))).toEqual([]);
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
      `${upgrades} add_header Access-Control-Allow-Origin *; gzip on; gzip_min_length 1; gzip_types text/plain;`,
    );
    expect(await codes(url, 'https://a.example')).toEqual([
      'LIVE_PING_TOO_SLOW',
      'LIVE_CORS_TWICE',
      'LIVE_POLL_COMPRESSED',
    ]);
  });

  it('that takes GET alone refuses what polls send', async () => {
    const url = await behindNginx(await app({ transports: ['polling'] }), `${upgrades} limit_except GET { deny all; }`);
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
    const buffered = await probeApp(await behindNginx(held, `${upgrades} proxy_buffering on;`), asked);
    expect(buffered.sockets?.poll).toMatchObject({ status: undefined });
    const direct = await probeApp(held, asked);
    expect(direct.sockets?.poll).toMatchObject({ because: expect.stringMatching(/^only 9 bytes/) });
  });
});
