import { existsSync, readdirSync } from 'node:fs';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../iisnode/harness.js';
import { type AppHost, encode, type Play, serveApp, serveHostileApp, visit } from './app-support.js';

let app: AppHost | undefined;
const open = async (serving: Promise<AppHost>): Promise<AppHost> => {
  app = await serving;
  return app;
};
afterEach(() => app?.close());

/** Never answers, except /state: how many requests and upgrades it holds. `reads`: it reads the bodies. */
const hangs = (reads: boolean): string => `
const http = require('node:http');
let held = 0;
const hold = (stream) => { held++; stream.on('close', () => held--); };
http.createServer((req, res) => {
  if (req.url === '/state') return res.end(String(held));
  hold(res);
  ${reads ? 'req.resume();' : ''}
}).on('upgrade', (req, socket) => { socket.on('error', () => {}); hold(socket); socket.on('end', () => socket.end()).resume(); }).listen(process.env.PORT);
`;

/** Open descriptors of this process; 0 where the system does not say. */
const descriptors = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
const upgrade = 'GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const post = (framing: string): string => `POST /p HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n`;

describe('a client that resets its connection while the app does not answer', () => {
  it.each<[string, string, boolean]>([
    ['a GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', true],
    ['a POST with its whole body', `${post('Content-Length: 5')}hello`, true],
    ['a POST whose body is not read', `${post('Content-Length: 5')}hello`, false],
    ['an upload under way', `${post('Content-Length: 90000')}hello`, true],
    ['an upload under way that is not read', `${post('Content-Length: 900000')}${'x'.repeat(200_000)}`, false],
    ['an upload in chunks', `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n`, true],
    ['an upload in chunks that is not read', `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n`, false],
    ['an upgrade', upgrade, true],
    ['an upgrade with bytes behind it', `${upgrade}${'x'.repeat(50_000)}`, true],
  ])('%s: the pipe connection and its place are free at once', async (_name, bytes, reads) => {
    const { port } = await open(serveApp(hangs(reads), 'maxConcurrentRequestsPerProcess="1"'));
    const state = () => visit(port, '/state');
    expect((await state()).body).toBe('0');
    const before = descriptors();
    for (let round = 0; round < 5; round++) {
      const client = net.connect(port, '127.0.0.1');
      client.on('error', () => undefined);
      client.write(bytes);
      // Its place is taken: the next visitor is refused (503.1002).
      await until(async () => (await state()).status === 503);
      client.resetAndDestroy();
      await until(async () => (await state()).status === 200);
    }
    // An app that does not read cannot see the end of its pipe either.
    if (reads) await until(async () => (await state()).body === '0');
    await until(() => descriptors() <= before);
  });

  it('a request that waits for the app to listen gives its place back', async () => {
    const iisnode = 'maxConcurrentRequestsPerProcess="1" devErrorsEnabled="false"';
    const { port } = await open(serveApp('setInterval(() => {}, 1000);', iisnode));
    const client = net.connect(port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(async () => (await probe(port)) === '503');
    client.resetAndDestroy();
    await until(async () => (await probe(port)) === 'waits');
  });
});

/** `503` when the request is refused, `waits` when it is let in; then the client goes. */
function probe(port: number): Promise<string> {
  return new Promise((resolve) => {
    const client = net.connect(port, '127.0.0.1', () => client.write('GET /probe HTTP/1.1\r\nHost: x\r\n\r\n'));
    const timer = setTimeout(() => end('waits'), 100);
    const end = (outcome: string): void => {
      clearTimeout(timer);
      client.resetAndDestroy();
      resolve(outcome);
    };
    client.on('error', () => undefined);
    client.on('data', (piece) => end(/ 503 /.test(String(piece)) ? '503' : 'answered'));
  });
}

describe('a client that goes away', () => {
  it.each<[string, string[], string]>([
    ['in the middle of a body', ['Content-Length: 100000'], 'half'],
    ['in the middle of a chunked body', ['Transfer-Encoding: chunked'], '4\r\nhalf\r\n'],
    ['before the first byte of its body', ['Content-Length: 100000'], ''],
    ['behind its whole body', ['Content-Length: 4'], 'full'],
  ])('%s leaves nothing to the next visitor, whatever the app did with it', async (_name, headers, body) => {
    const { port, events } = await open(serveHostileApp());
    const early = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly';
    const plays: Play[] = [{ deaf: true }, {}, { head: [['write', early]] }];
    // An app that has answered and then reads no further request hangs like any handler that hangs.
    if (body !== 'full') plays.push({ head: [['write', early]], deaf: true });
    for (const play of plays) {
      const client = net.connect(port, '127.0.0.1');
      client.on('error', () => undefined);
      client.write(`POST /hostile?${encode(play)} HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
      // The app has the request when it serves another one that came later.
      expect((await visit(port, '/own/a')).body).toBe('GET /own/a');
      client.resetAndDestroy();
      for (const url of ['/own/b', '/own/c']) {
        expect(await visit(port, url)).toMatchObject({ status: 200, body: `GET ${url}`, surplus: '' });
      }
    }
    expect(events.map(({ code }) => code)).not.toContain('HOST_FAULT');
  });
});
