import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../support/free-port.js';
import { type App, runApp } from './app.js';
import { hello } from './sockets.js';

const greets = "io.on('connection', (socket) => socket.emit('hello', 'sockets'));";

describe('a server for sockets that makes its own http server', () => {
  it.each([
    ['new Server(port)', `const io = new (require('socket.io').Server)(8080); ${greets}`],
    ['io.listen(port)', `const io = new (require('socket.io').Server)(); ${greets} io.listen(3000);`],
    ['io.listen(PORT)', `const io = new (require('socket.io').Server)(); ${greets} io.listen(process.env.PORT);`],
    ['socket.io 3', `const io = require('socket.io-3')(3000); ${greets}`],
  ])('%s', async (_, code) => {
    const app = await runApp({ files: { 'server.js': code } });
    expect(await hello(app)).toBe('sockets');
    expect(await hello(app, '', { transports: ['polling'] })).toBe('sockets');
  });

  it('answers 404 to what it has no answer to', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('http').createServer();
          new (require('ws').WebSocketServer)({ server }); server.listen(3000);`,
      },
    });
    expect((await app.get('/')).status).toBe(404);
  });

  it('ws', async () => {
    const app = await runApp({
      files: {
        'server.js': `new (require('ws').WebSocketServer)({ port: 8080 }).on('connection', (s) => s.send('hi'))`,
      },
    });
    expect(await firstMessage(app, '/any')).toBe('hi');
    expect((await app.get('/')).status).toBe(426);
  });
});

function firstMessage(app: App, url: string): Promise<string> {
  const socket = new WebSocket(app.origin.replace('http', 'ws') + url);
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('message', (data) => resolve(String(data)));
    socket.on('error', reject);
  });
}

const page = "require('http').createServer((q, s) => s.end('page'))";

describe('sockets on a port of their own are merged into the app’s server', () => {
  it.each([
    ['that listens before', `const io = new (require('socket.io').Server)(8085); ${greets} ${page}.listen(3000);`],
    ['that listens behind', `${page}.listen(3000); const io = new (require('socket.io').Server)(8085); ${greets}`],
    [
      'long before it',
      `const io = new (require('socket.io').Server)(8085); ${greets} setTimeout(() => ${page}.listen(3000), 2500);`,
    ],
    ['with socket.io 3', `const io = require('socket.io-3')(8085); ${greets} ${page}.listen(3000);`],
  ])('%s', async (_, code) => {
    const app = await runApp({ files: { 'server.js': code } });
    await expect.poll(() => app.get('/').then(({ body }) => body)).toBe('page');
    expect(await hello(app)).toBe('sockets');
    expect(await hello(app, '', { transports: ['polling'] })).toBe('sockets');
    expect((await app.get('/socket.io/socket.io.js')).body).toContain('Socket.IO v');
    expect(app.stderr()).toBe('');
  });

  it('ws beside socket.io: each gets its own', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = ${page}; const io = new (require('socket.io').Server)(server); ${greets} server.listen(3000);
          new (require('ws').WebSocketServer)({ port: 8086 }).on('connection', (s) => s.send('hi'));`,
      },
    });
    expect(await hello(app)).toBe('sockets');
    expect(await firstMessage(app, '/feed')).toBe('hi');
    expect((await app.get('/')).body).toBe('page');
  });

  it('an upgrade that no server wants is ended', async () => {
    const app = await runApp({
      files: { 'server.js': `${page}.listen(3000); const io = new (require('socket.io').Server)(8085); ${greets}` },
    });
    await expect(firstMessage(app, '/feed')).rejects.toThrow(/hang up/);
  });
});

describe('an upgrade that socket.io has no path for', () => {
  /** Resolves when the app ends the connection, with all that was sent on it. */
  const askOnOneConnection = (app: App, heads: readonly string[]): Promise<string> => {
    const left = [...heads];
    return new Promise((resolve, reject) => {
      let text = '';
      const socket = net.connect(app.pipe, () => socket.write(String(left.shift())));
      socket.setEncoding('utf8').on('error', reject);
      socket.on('data', (piece: string) => {
        text += piece;
        if (text.endsWith('page')) socket.write(String(left.shift()));
      });
      socket.on('end', () => {
        socket.destroy();
        resolve(text);
      });
    });
  };
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const head = (url: string, more: string) => `GET ${url} HTTP/1.1\r\nHost: site.example\r\n${more}\r\n\r\n`;
  const code = `const server = require('http').createServer((q, s) => s.end('page'));
    const io = new (require('socket.io').Server)(server); ${greets} server.listen(3000);`;
  const elsewhere = '/live/?EIO=4&transport=websocket';

  it.each([
    ['on a new connection', [head(elsewhere, upgrade)], /^$/],
    [
      'on one that has carried a response, as iisnode has them in its pool',
      [head('/', 'Connection: keep-alive'), head(elsewhere, upgrade)],
      /^HTTP\/1\.1 200 [\s\S]*page$/,
    ],
  ])('is ended %s', async (_, heads, all) => {
    const app = await runApp({ files: { 'server.js': code } });
    expect(await askOnOneConnection(app, heads)).toMatch(all);
  });

  it('and one that it serves is not, on such a connection', async () => {
    const app = await runApp({ files: { 'server.js': code } });
    const socket = net.connect(app.pipe, () => socket.write(head('/', 'Connection: keep-alive')));
    onTestFinished(() => void socket.destroy());
    await once(socket, 'data');
    let text = '';
    socket.write(head('/socket.io/?EIO=4&transport=websocket', upgrade));
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 101 [\s\S]*"sid"/);
  });
});

describe('another http server', () => {
  const two = (first: string, second: string) => `const http = require('http');
    http.createServer((q, s) => s.end('first')).listen(${first});
    http.createServer((q, s) => s.end('second')).listen(${second});`;
  const locally = async (port: number): Promise<string> => {
    const [response] = (await once(http.get({ port, host: '127.0.0.1', agent: false }), 'response')) as [
      http.IncomingMessage,
    ];
    return String((await response.setEncoding('utf8').toArray()).join(''));
  };

  it('keeps its port, on this machine, and a line says how to choose', async () => {
    const port = await freePort();
    const app = await runApp({ files: { 'server.js': two('process.env.PORT', `${port}`) } });
    expect((await app.get('/')).body).toBe('first');
    await expect
      .poll(() => app.stderr())
      .toMatch(/^iisnode-sock loader: IIS does not serve port \d+, reachable only from this machine; .*\n$/);
    expect(await locally(port)).toBe('second');
  });

  it('is not IIS’s where the later one listens on PORT', async () => {
    const port = await freePort();
    const app = await runApp({ files: { 'server.js': two(`${port}`, 'process.env.PORT') } });
    expect((await app.get('/')).body).toBe('second');
    await expect.poll(() => locally(port).catch(String)).toBe('first');
  });

  it('is IIS’s where the settings name its port', async () => {
    const app = await runApp({ files: { 'server.js': two(`${await freePort()}`, '8080') }, settings: { port: 8080 } });
    expect((await app.get('/')).body).toBe('second');
  });

  it('has no port of its own if another process has it', async () => {
    const blocker = http.createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as { port: number };
    const app = await runApp({ files: { 'server.js': two('3000', `${port}`) } });
    expect((await app.get('/')).body).toBe('first');
    await expect.poll(() => app.stderr()).toContain(`the server on port ${port} has no port of its own: EADDRINUSE`);
  });

  it('that asks for any port gets one', async () => {
    const app = await runApp({
      files: {
        'server.js': `const http = require('http');
          const helper = http.createServer((q, s) => s.end('helper')).listen(0, '127.0.0.1', () => {
            http.createServer((q, s) => http.get({ port: helper.address().port }, (r) => r.pipe(s))).listen(8080);
          });`,
      },
    });
    expect((await app.get('/')).body).toBe('helper');
  });

  it('a TCP server that is not http keeps its port, and a line says that IIS does not serve it', async () => {
    const port = await freePort();
    const app = await runApp({
      files: { 'server.js': `require('net').createServer((s) => s.end('tcp')).listen(${port}); ${page}.listen(3000);` },
    });
    expect((await app.get('/')).body).toBe('page');
    await expect
      .poll(() => app.stderr())
      .toContain(`IIS does not serve port ${port}: nothing answers HTTP/1.1 requests there`);
  });
});
