import { describe, expect, it } from 'vitest';
import { runApp, startApp } from './app.js';

const hello = "(request, response) => response.end('hello ' + request.url)";

describe('the first http server that listens gets the pipe', () => {
  it.each([
    ['a number', `require('http').createServer(${hello}).listen(3000)`],
    ['PORT', `require('http').createServer(${hello}).listen(process.env.PORT)`],
    ['PORT as a number', `require('http').createServer(${hello}).listen(Number(process.env.PORT), '0.0.0.0', 511)`],
    ['a numeric string', `require('node:http').createServer(${hello}).listen('3000')`],
    ['NaN', `require('http').createServer(${hello}).listen(parseInt('x'))`],
    ['nothing', `require('http').createServer(${hello}).listen()`],
    ['undefined', `require('http').createServer(${hello}).listen(undefined, () => {})`],
    ['options', `new (require('http').Server)(${hello}).listen({ port: 3000, host: '0.0.0.0', path: undefined })`],
    ['options with a text', `require('http').createServer(${hello}).listen({ port: '3000' })`],
    ['later', `setTimeout(() => require('http').createServer(${hello}).listen(3000), 300)`],
    ['express', `const app = require('express')(); app.use(${hello}); app.listen(8080, '127.0.0.1')`],
    ['express 4', `const app = require('express-4')(); app.use(${hello}); app.listen('8080')`],
    ['koa', `const app = new (require('koa'))(); app.use((c) => { c.body = 'hello ' + c.url }); app.listen(3000)`],
    [
      'fastify',
      `const app = require('fastify')(); app.get('/x', async (request) => 'hello ' + request.url);
       app.listen({ port: Number(process.env.PORT) })`,
    ],
    [
      'hapi',
      `const server = require('@hapi/hapi').server({ port: process.env.PORT, host: 'localhost' });
       server.route({ method: 'GET', path: '/x', handler: (request) => 'hello ' + request.url.pathname + request.url.search });
       server.start()`,
    ],
  ])('%s', async (_, code) => {
    const app = await runApp({ files: { 'server.js': code } });
    expect((await app.get('/x?y=1')).body).toBe('hello /x?y=1');
    expect(app.stderr()).toBe('');
  });

  it('also where the app is one bundled ES module', async () => {
    const code = `import { createServer } from 'node:http'; createServer(${hello}).listen(3000);`;
    const app = await runApp({ files: { 'server.mjs': code }, settings: { entry: 'server.mjs' } });
    expect((await app.get('/x')).body).toBe('hello /x');
  });

  it('not one that listens on a path of its own', async () => {
    const app = await runApp({
      files: {
        'server.js': `const http = require('http');
          http.createServer((q, s) => s.end('own')).listen(__dirname + '/own', () => http.createServer(${hello}).listen(3000));`,
      },
    });
    expect((await app.get('/x')).body).toBe('hello /x');
    expect((await app.get('/x', { socketPath: `${app.folder}/own` })).body).toBe('own');
  });

  it('a server that is closed makes room for the next', async () => {
    const app = await runApp({
      files: {
        'server.js': `const http = require('http');
          const first = http.createServer((q, s) => s.end('first')).listen(3000);
          first.on('listening', () => first.close(() => http.createServer(${hello}).listen(3000)));`,
      },
    });
    await expect.poll(() => app.get('/x').then(({ body }) => body, String)).toBe('hello /x');
  });

  it.each([
    ['with its close event', 'server.close(() => server.listen(3001))'],
    ['before its close event', 'server.close(); server.listen(3001)'],
    ['on the same port', 'server.close(); server.listen(3000)'],
  ])('one that is closed and listens again, %s', async (_, again) => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('http').createServer(${hello});
          server.listen(3000, () => { ${again}; server.once('listening', () => console.log('again')); });`,
      },
    });
    await expect.poll(() => app.stdout()).toBe('again\n');
    expect((await app.get('/x')).body).toBe('hello /x');
    expect(app.stderr()).toBe('');
  });
});

describe('what code expects of listen() holds', () => {
  /** What the code writes to stdout with `out(value)`, as JSON. */
  const told = async (code: string) => {
    const app = await startApp({
      files: { 'server.js': `const out = (value) => console.log(JSON.stringify(value));\n${code}` },
    });
    await expect.poll(() => app.stdout()).not.toBe('');
    return JSON.parse(app.stdout()) as unknown;
  };

  it('the callback and the event come once, later, and listen() gives the server', async () => {
    const code = `
      const seen = [];
      const server = require('http').createServer();
      server.on('listening', () => seen.push('event'));
      const given = server.listen(3000, '0.0.0.0', 511, function () { seen.push('callback', this === server); });
      seen.push('after', given === server, server.listening);
      setTimeout(() => out(seen), 200);`;
    expect(await told(code)).toEqual(['after', true, true, 'event', 'callback', true]);
  });

  it('address() has a port, from listen() to close()', async () => {
    const code = `
      const server = require('http').createServer();
      const seen = [server.address()];
      server.listen(8123);
      seen.push(server.address().port);
      server.on('listening', () => { seen.push(server.address()); server.close(() => out([...seen, server.address()])); });
      setInterval(() => {}, 1000);`;
    const address = { address: '127.0.0.1', family: 'IPv4', port: 8123 };
    expect(await told(code)).toEqual([null, 8123, address, null]);
  });

  it('PORT is a number that a schema accepts, and what listens on it says so', async () => {
    const code = `
      const port = Number.parseInt(process.env.PORT, 10);
      const server = require('http').createServer().listen(process.env.PORT, () => out([port > 0 && port < 65536, server.address().port === port]));`;
    expect(await told(code)).toEqual([true, true]);
  });

  it('a second listen() of a listening server is the error that node has for it', async () => {
    const code = `
      const server = require('http').createServer().listen(3000);
      try { server.listen(3001) } catch (error) { out(error.code) }`;
    expect(await told(code)).toBe('ERR_SERVER_ALREADY_LISTEN');
  });

  it('an AbortSignal closes the server', async () => {
    const code = `
      const abort = new AbortController();
      const server = require('http').createServer().listen({ port: 3000, signal: abort.signal }, () => setTimeout(() => abort.abort(), 500));
      server.on('close', () => out('closed'));
      setInterval(() => {}, 1000);`;
    expect(await told(code)).toBe('closed');
  });

  it('connections stay longer than iisnode keeps them in its pool, whatever the app sets', async () => {
    const code = `
      const server = require('http').createServer((q, s) => s.end());
      server.listen(3000, () => setImmediate(() => out(server.keepAliveTimeout)));
      server.keepAliveTimeout = 1000;`;
    expect(await told(code)).toBeGreaterThan(30_000);
  });

  it('also if the app sets it once it listens', async () => {
    const app = await runApp({
      files: {
        'server.js': `const server = require('http').createServer((q, s) => s.end(String(server.keepAliveTimeout)));
          server.listen(3000, () => { server.keepAliveTimeout = 1000; });`,
      },
    });
    expect(Number((await app.get('/')).body)).toBeGreaterThan(30_000);
  });

  it('node’s own limits of the app’s server are in force', async () => {
    const app = await runApp({
      files: { 'server.js': `require('http').createServer({ maxHeaderSize: 2000 }, (q, s) => s.end()).listen(3000)` },
    });
    expect((await app.get('/', { headers: { 'X-Long': 'x'.repeat(3000) } })).status).toBe(431);
  });
});
