import { existsSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../iisnode/harness.js';
import { type AppHost, serveApp, visit } from './app-support.js';

let app: AppHost | undefined;
afterEach(() => app?.close());

/** Makes the file `held` when an upgrade comes and answers it when `go` is there: as ANSWER says, then it echoes. */
const holds = (answer: string): string => `
const fs = require('node:fs');
const server = require('node:http').createServer((req, res) => res.end('own ' + req.url));
server.on('upgrade', (req, socket, head) => {
  socket.on('error', () => {});
  socket.pause();
  fs.writeFileSync(__dirname + '/held', '');
  const timer = setInterval(() => {
    if (!fs.existsSync(__dirname + '/go')) return;
    clearInterval(timer);
    socket.write(Buffer.from(${JSON.stringify(answer)}, 'latin1'));
    socket.write(head);
    socket.on('data', (piece) => socket.write(piece)).on('end', () => socket.end()).resume();
  }, 5);
}).listen(process.env.PORT);
`;
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
const handshake = 'GET /u HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** What an upgrading client has received so far. */
class Client {
  text = '';
  closed = false;
  readonly socket: net.Socket;

  constructor(port: number, bytes: string) {
    this.socket = net.connect(port, '127.0.0.1', () => this.socket.write(bytes));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.closed = true;
    });
    this.socket.on('data', (piece) => {
      this.text += piece.toString('latin1');
    });
  }

  /** Resolves when the system has taken them all. */
  send(bytes: string): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }
}

async function held(answer: string, bytes = handshake): Promise<{ client: Client; port: number; go: () => void }> {
  const serving = await serveApp(holds(answer), 'devErrorsEnabled="false"');
  app = serving;
  const client = new Client(serving.port, bytes);
  await until(() => existsSync(path.join(serving.folder, 'held')));
  return { client, port: serving.port, go: () => writeFileSync(path.join(serving.folder, 'go'), '') };
}

describe('bytes a client sends before its upgrade is accepted', () => {
  it.each([10, 100_000, 1_000_000])('%i of them reach the app once and in order', async (count) => {
    const { client, go } = await held(`${switching}\r\n`, `${handshake}first;`);
    const late = Array.from({ length: count / 10 }, (_, index) => `${index}`.padStart(9, '.')).join(';');
    const sent = client.send(`${late};`);
    if (count < 1000) await sent;
    go();
    await sent;
    await client.send('last;');
    await until(() => client.text.endsWith('last;'));
    expect(client.text.slice(client.text.indexOf('\r\n\r\n') + 4)).toBe(`first;${late};last;`);
    client.socket.destroy();
  });
});

describe('an answer to an upgrade', () => {
  it.each([
    ['that switches without end', `${switching}${'X-A: 1\r\n'.repeat(2100)}`, /^HTTP\/1\.1 500 [\s\S]*500\.1012/],
    ['that switches with NUL in a header', `${switching}X-A: a\0b\r\n\r\n`, /^HTTP\/1\.1 500 [\s\S]*500\.1014/],
    ['that ends in LF alone', 'HTTP/1.1 101 Switching Protocols\n\n', /^HTTP\/1\.1 500 [\s\S]*500\.1013/],
    ['behind early hints', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${switching}\r\n`, /^HTTP\/1\.1 101 /],
    [
      'that refuses with a length',
      'HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno',
      /^HTTP\/1\.1 403 No\r\n[\s\S]*\r\n\r\nno$/,
    ],
  ])('%s', async (_name, answer, expected) => {
    const { client, port, go } = await held(answer);
    go();
    await until(() => expected.test(client.text));
    client.socket.destroy();
    for (const url of ['/a', '/b']) {
      expect(await visit(port, url)).toMatchObject({ status: 200, body: `own ${url}`, surplus: '' });
    }
    expect(app?.events.map(({ code }) => code)).not.toContain('HOST_FAULT');
  });
});
