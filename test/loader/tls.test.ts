import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.js';
import { type App, runApp, startApp } from './app.js';
import { hello } from './sockets.js';

const greets = "io.on('connection', (socket) => socket.emit('hello', 'sockets'));";

/** Sends lines on a new connection of the pipe, and resolves with all that comes until the app ends it. */
async function raw(app: App, ...lines: readonly string[]): Promise<string> {
  const socket = net.connect(app.pipe, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
  onTestFinished(() => void socket.destroy());
  return (await socket.setEncoding('utf8').toArray()).join('');
}

describe('a server that uses TLS', () => {
  it('is served as plain http, since TLS ends at IIS, and its sockets with it', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('https').createServer({}, (q, s) => s.end(q.socket.encrypted ? 'secure' : 'open'));
          const io = new (require('socket.io').Server)(server); ${greets} server.listen(443);`,
      },
    });
    expect((await app.get('/', { headers: { 'X-Forwarded-Proto': 'https' } })).body).toBe('secure');
    expect(await hello(app)).toBe('sockets');
    expect(app.stderr()).toMatch(
      /^iisnode-sock loader: TLS ends at IIS: the Server on port 443 is served as plain HTTP\/1\.1\n$/,
    );
  });

  it('also where it gets its sockets behind its listen()', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('https').createServer({}); server.listen(443);
          const io = new (require('socket.io').Server)(server); ${greets}`,
      },
    });
    expect(await hello(app)).toBe('sockets');
  });

  it('is not served if it only has http2 streams, and a line says so', async () => {
    const app = await startApp({
      files: {
        'server.js': `require('http2').createSecureServer({}).on('stream', () => {}).listen(${await freePort()})`,
      },
    });
    await expect.poll(() => app.stderr()).toContain('nothing answers HTTP/1.1 requests there');
  });

  it('comes before an http server that only redirects to it', async () => {
    const app = await runApp({
      files: {
        'server.js': `require('http').createServer((q, s) => s.writeHead(301, { Location: 'https://x/' }).end()).listen(${await freePort()});
          require('https').createServer({}, (q, s) => s.end('app')).listen(443);`,
      },
    });
    expect((await app.get('/')).body).toBe('app');
  });

  it.each([true, false])('http2, too, with allowHTTP1: %s', async (allowHTTP1) => {
    const app = await runApp({
      files: {
        'server.js': `require('http2').createSecureServer({ allowHTTP1: ${allowHTTP1} }, (q, s) => s.end('app ' + q.url)).listen(443)`,
      },
    });
    expect((await app.get('/x')).body).toBe('app /x');
    expect(app.stderr()).toContain('the Http2SecureServer on port 443');
  });

  it('reads requests as that server would: with its limits, its events and its time-outs', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('https').createServer({ maxHeaderSize: 2000 }, (q, s) => s.end('request'));
          server.on('clientError', (error, socket) => socket.end('clientError ' + error.code));
          server.on('checkContinue', (q, s) => s.end('checkContinue'));
          server.on('connect', (q, socket) => socket.end('connect ' + q.url));
          server.on('upgrade', (q, socket) => socket.end('upgrade'));
          server.listen(443);`,
      },
    });
    const [host, close] = ['Host: site.example', 'Connection: close'];
    const all = await Promise.all([
      raw(app, 'GET / HTTP/1.1', host, `X-Long: ${'x'.repeat(3000)}`),
      raw(app, 'POST / HTTP/1.1', host, close, 'Content-Length: 2', 'Expect: 100-continue'),
      raw(app, 'CONNECT other.example:443 HTTP/1.1', host),
      raw(app, 'GET / HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: any'),
      raw(app, 'GET / HTTP/1.1', host, close),
    ]);
    expect(all.map((text) => text.split('\r\n').at(-1) || text)).toEqual([
      'clientError HPE_HEADER_OVERFLOW',
      expect.stringContaining('checkContinue'),
      'connect other.example:443',
      'upgrade',
      expect.stringContaining('request'),
    ]);
  });

  it('has what code expects of such a server: listening, address(), close(), and clients without a certificate', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('https').createServer({ requestCert: true }, ({ socket }, s) => {
            s.end(JSON.stringify([socket.authorized, socket.getPeerCertificate(), socket.remoteAddress]));
          });
          server.listen(443, '0.0.0.0', () => console.log(server.listening, server.address().port));
          server.on('close', () => console.log('closed'));
          process.on('SIGTERM', () => server.close());`,
      },
    });
    const { body } = await app.get('/', { headers: { 'X-Forwarded-For': '198.51.100.7' } });
    expect(JSON.parse(body)).toEqual([false, {}, '198.51.100.7']);
    app.child.kill('SIGTERM');
    expect(await app.ended()).toBe(0);
    expect(app.stdout()).toBe('true 443\nclosed\n');
  });

  it.skipIf(process.platform === 'win32')('ends by a signal, also with a connection of iisnode’s pool', async () => {
    const app = await runApp({
      files: { 'server.js': "require('https').createServer({}, (q, s) => s.end('app')).listen(443)" },
    });
    const socket = net.connect(app.pipe, () => socket.write('GET / HTTP/1.1\r\nHost: site.example\r\n\r\n'));
    onTestFinished(() => void socket.destroy());
    await once(socket, 'data');
    app.child.kill('SIGTERM');
    expect(await app.ended()).toBe(0);
  });

  it('gives up its place to a server with a page if it is there for sockets only', async () => {
    const app = await runApp({
      files: {
        'server.js': `require('http').createServer((q, s) => s.end('page')).listen(${await freePort()});
          const server = require('https').createServer({});
          new (require('ws').WebSocketServer)({ server }).on('connection', (s) => s.send('hi'));
          server.listen(${await freePort()});`,
      },
    });
    expect((await app.get('/')).body).toBe('page');
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    const socket = net.connect(app.pipe, () => {
      socket.write(
        ['GET /live HTTP/1.1', 'Host: x', ...upgrade, `Sec-WebSocket-Key: ${'x'.repeat(22)}==`, '\r\n'].join('\r\n'),
      );
    });
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece;
    });
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 101 [\s\S]*hi$/);
  });

  it('comes before an http server on PORT that redirects everything to it', async () => {
    const app = await runApp({
      files: {
        'server.js': `require('http').createServer((q, s) => {
            s.writeHead(301, { Location: 'https://' + q.headers.host + q.url }).end();
          }).listen(process.env.PORT);
          require('https').createServer({}, (q, s) => s.end('app')).listen(8443);`,
      },
    });
    await expect.poll(() => app.get('/').then(({ body }) => body)).toBe('app');
  });

  it.each([
    "web.get('*all', (q, s) => s.redirect('https://' + q.hostname + q.url))",
    "web.use((q, s) => s.redirect(301, ['https://' + q.hostname, q.url].join('')))",
  ])('also before an app of Express on PORT that only redirects: %s', async (code) => {
    const app = await runApp({
      files: {
        'server.js': `const web = require('express')(); ${code};
          require('http').createServer(web).listen(process.env.PORT);
          require('https').createServer({}, (q, s) => s.end('app')).listen(8443);`,
      },
    });
    await expect.poll(() => app.get('/').then(({ body }) => body)).toBe('app');
  });

  /** An app on PORT, `web` of this code, and one with TLS. */
  const besideTls = (code: string): Promise<App> =>
    runApp({
      files: {
        'server.js': `${code}; require('https').createServer({}, (q, s) => s.end('app')).listen(8443);`,
      },
    });
  const koa = "const web = new (require('koa'))();";
  const fastify = "const web = require('fastify')();";
  const listens = 'listen(process.env.PORT)';

  it.each([
    `${koa} web.use((c) => c.redirect('https://' + c.hostname + c.url)); web.${listens}`,
    `${koa} web.use(async (c, next) => { await new Promise(setImmediate); c.status = 301; c.redirect(\`https://\${c.host}\`); }); web.${listens}`,
    `${fastify} web.get('*', (q, r) => r.redirect('https://' + q.hostname + q.url)); web.listen({ port: process.env.PORT })`,
    `const send = (q, s) => s.writeHead(308, ['Location', 'https://x' + q.url]).end();
     require('http').createServer((q, s) => send(q, s)).${listens}`,
    `const server = require('http').createServer(); server.${listens};
     server.on('request', (q, s) => { s.statusCode = 302; s.setHeader('location', 'https://x/'); s.end(); })`,
    `const web = require('express-4')(), { Router } = require('express-4'), all = Router(); web.use('/', all);
     all.all('*', (q, s) => s.redirect('https://' + q.hostname + q.url)); web.${listens}`,
  ])('and before whatever else on PORT redirects a client of https to https: %s', async (code) => {
    const app = await besideTls(code);
    await expect.poll(() => app.get('/').then(({ body }) => body)).toBe('app');
    expect(app.stderr()).not.toContain('IIS does not serve port 8443');
  });

  it.each([
    `${koa} web.use((c, next) => (c.secure ? next() : c.redirect('https://' + c.host))); web.use((c) => { c.body = 'page'; }); web.${listens}`,
    `require('http').createServer((q, s) => {
       if (q.headers['x-forwarded-proto'] !== 'https') s.writeHead(302, { Location: 'https://x/' }).end();
       else s.end('page');
     }).${listens}`,
    `require('http').createServer((q, s) => {
       if (q.url === '/login') s.writeHead(302, { Location: 'https://login.example/' }).end();
       else s.end('page');
     }).${listens}`,
    `require('http').createServer((q, s) => {
       if (q.url === '/') s.writeHead(302, { Location: '/home' }).end('\\r\\nLocation: https://x');
       else s.end('page');
     }).${listens}`,
  ])('not before one on PORT that has pages for clients of https: %s', async (code) => {
    const app = await besideTls(code);
    const page = await app.get('/x', { headers: { 'X-Forwarded-Proto': 'https' } });
    expect(page.body).toBe('page');
  });

  it('not before an app of Express on PORT that has pages and redirects clients of http', async () => {
    const app = await runApp({
      files: {
        'server.js': `const web = require('express')();
          web.use((q, s, next) => (q.socket.encrypted ? next() : s.redirect('https://' + q.hostname + q.url)));
          web.get('/', (q, s) => s.send('page'));
          require('http').createServer(web).listen(process.env.PORT);
          require('https').createServer({}, (q, s) => s.end('other')).listen(${await freePort()});`,
      },
    });
    expect((await app.get('/', { headers: { 'X-Forwarded-Proto': 'https' } })).body).toBe('page');
  });

  it('does not come before one on PORT that has pages', async () => {
    const app = await runApp({
      files: {
        'server.js': `const seen = (q, s) => s.end('by ' + (q.socket.encrypted ? 'https' : 'http'));
          require('http').createServer(seen).listen(process.env.PORT);
          require('https').createServer({}, seen).listen(${await freePort()});`,
      },
    });
    expect((await app.get('/', { headers: { 'X-Forwarded-Proto': 'https' } })).body).toBe('by https');
  });

  it('a certificate that is missing is named as one', async () => {
    const app = await startApp({
      files: {
        'server.js': `const { readFileSync } = require('fs');
          require('https').createServer({ key: readFileSync('certs/privkey.pem') }, () => {}).listen(443)`,
      },
    });
    await app.ended();
    expect(app.stderr()).toMatch(
      /loader: the app ended with an error, at .*server\.js:2:\d+\)?: ENOENT: .*privkey\.pem'; it is read, although TLS ends at IIS\n/,
    );
  });
});
