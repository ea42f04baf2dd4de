import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { listen } from '../probe/listen.js';
import { root } from '../support/cli.js';
import { installed } from './packages.js';

const require = createRequire(path.join(installed, 'x.js'));
const newest = readFileSync(path.join(root, 'node_modules/socket.io-client/dist/socket.io.js'), 'utf8');

interface OldServer {
  on(event: 'connection', greet: (socket: { emit(event: string): unknown }) => void): unknown;
}

/** socket.io of each generation on a server, with an event for each client. */
const attach: Readonly<Record<string, (http: Server) => { readonly sockets: OldServer }>> = {
  'socket.io-0': (http) => require('socket.io-0').listen(http, { 'log level': 0 }),
  'socket.io-1': (http) => require('socket.io-1')(http),
  'socket.io-2': (http) => require('socket.io-2')(http, { serveClient: false }),
};

/** A page with the client script at an address; the page has a copy of the newest at lib/socket.io.js. */
async function site(server: string, script: string): Promise<string> {
  const http = createServer((request, response) => {
    const found = { '/': `<!doctype html><script src="${script}"></script>`, '/lib/socket.io.js': newest }[
      request.url ?? ''
    ];
    const type = request.url === '/' ? 'text/html' : 'text/javascript';
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': type }).end(found);
  });
  attach[server]?.(http).sockets.on('connection', (socket) => socket.emit('hello'));
  const url = await listen(http);
  onTestFinished(() => http.closeAllConnections());
  return url;
}

describe('a live site with an old server of socket.io', () => {
  it.each([
    ['socket.io-0', /^The server is socket\.io 0\.9, by its answer at .*:60:60:websocket/],
    ['socket.io-1', /the handshake at/],
    ['socket.io-2', /the handshake at/],
  ])('%s does not fit a client of 4', async (server, message) => {
    const { findings } = await diagnose(await site(server, 'lib/socket.io.js'), { cwd: '/' });
    expect(findings).toMatchObject([{ rule: 'LIVE_GENERATIONS_DIFFER', message: expect.stringMatching(message) }]);
  });

  it.each([
    ['socket.io-0', 'LIVE_NOTE'],
    ['socket.io-1', undefined],
  ])('%s fits the client that it serves itself', async (server, note) => {
    const { findings } = await diagnose(await site(server, 'socket.io/socket.io.js'), { cwd: '/' });
    expect(findings.map(({ rule }) => rule)).toEqual(note === undefined ? [] : [note]);
  });
});
