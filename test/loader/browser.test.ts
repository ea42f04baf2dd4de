import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type App, type AppOptions, runApp } from './app.js';

const modules = path.join(import.meta.dirname, '..', '..', 'node_modules');
const inVdir = (code: string, more: Partial<AppOptions> = {}): Promise<App> =>
  runApp({ files: { 'server.js': code }, ...more, settings: { vdirPath: '/chat', ...more.settings } });

interface Client {
  (url?: string, options?: object): { io: { opts: { path: string } } };
  Manager: new (url?: string, options?: object) => { opts: { path: string } };
}

/** The `io` that a page at http://site.example/chat/ has of a client script. */
function clientOf(script: string): Client {
  const location = new URL('http://site.example/chat/');
  const context: Record<string, unknown> = { location, URL, setTimeout, clearTimeout, console };
  Object.assign(context, { self: context, window: context });
  vm.runInNewContext(script, context);
  return context.io as Client;
}

describe('the client script of socket.io finds this app’s socket.io', () => {
  const servers: [string, string, string[]][] = [
    ['socket.io-3', 'require("socket.io-3")(server)', ['socket.io.js', 'socket.io.min.js', 'socket.io.msgpack.min.js']],
    [
      'socket.io',
      'new (require("socket.io").Server)(server)',
      ['socket.io.js', 'socket.io.min.js', 'socket.io.msgpack.min.js'],
    ],
  ];
  const cases = servers.flatMap(([name, attach, files]) => files.map((file) => [name, file, attach] as const));

  it.each(cases)('%s: %s', async (_, file, attach) => {
    const app = await inVdir(`const server = require('http').createServer(); ${attach}; server.listen(3000);`);
    const { body, headers } = await app.get(`/chat/socket.io/${file}`, { headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(headers['content-length']).toBe(`${body.length}`);
    const io = clientOf(body);
    const pathOf = (url?: string, options = {}) =>
      io(url, { autoConnect: false, forceNew: true, ...options }).io.opts.path;
    expect(pathOf()).toBe('/chat/socket.io');
    expect(pathOf('/rooms')).toBe('/chat/socket.io');
    expect(pathOf('/rooms', { path: '/socket.io' })).toBe('/chat/socket.io');
    expect(pathOf('/rooms', { path: '/chat/socket.io/' })).toBe('/chat/socket.io/');
    expect(pathOf('http://site.example', { path: '/own' })).toBe('/chat/own');
    expect(pathOf('https://other.example')).toBe('/socket.io');
    expect(pathOf('http://site.example:3000', { path: '/own' })).toBe('/own');
    expect(new io.Manager(undefined, { autoConnect: false }).opts.path).toBe('/chat/socket.io');
    expect(app.stderr()).toBe('');
  });

  it.each(['socket.io.js', 'socket.io.dev.js', 'socket.io.slim.js'])(
    'socket.io 2, as the app sends it: %s',
    async (file) => {
      const app = await inVdir(
        `const file = require.resolve('socket.io-client-2/dist/${file}');
       require('http').createServer((q, s) => s.setHeader('Content-Type', 'text/javascript').end(require('fs').readFileSync(file))).listen(3000);`,
      );
      const io = clientOf((await app.get(`/chat/vendor/${file}`)).body);
      const pathOf = (url?: string, options = {}) => new io.Manager(url, { autoConnect: false, ...options }).opts.path;
      expect(pathOf('http://site.example')).toBe('/chat/socket.io');
      expect(pathOf('http://site.example', { path: '/socket.io' })).toBe('/chat/socket.io');
      expect(pathOf('https://other.example')).toBe('/socket.io');
      expect(app.stderr()).toBe('');
    },
  );

  it('the ES module', async () => {
    const app = await inVdir(
      `const server = require('http').createServer(); new (require('socket.io').Server)(server); server.listen(3000);`,
    );
    const { body } = await app.get('/chat/socket.io/socket.io.esm.min.js');
    const original = readFileSync(path.join(modules, 'socket.io/client-dist/socket.io.esm.min.js'), 'latin1');
    expect(body).not.toBe(original);
    const { Manager } = (await import(`data:text/javascript,${encodeURIComponent(body)}`)) as Client;
    // Without a page there is no host of its own.
    expect(new Manager(undefined, { autoConnect: false }).opts.path).toBe('/chat/socket.io');
  });

  it('a browser that has the script keeps it, but not the one from before', async () => {
    const app = await inVdir(
      `const server = require('http').createServer(); new (require('socket.io').Server)(server); server.listen(3000);`,
    );
    const url = '/chat/socket.io/socket.io.js';
    const { etag = '' } = (await app.get(url)).headers;
    const again = await app.get(url, { headers: { 'If-None-Match': etag } });
    expect([again.status, etag]).toEqual([304, expect.stringContaining('-in/chat')]);
    const version = (
      JSON.parse(readFileSync(path.join(modules, 'socket.io/package.json'), 'utf8')) as { version: string }
    ).version;
    for (const before of [`"${version}"`, `W/"${version}"`]) {
      expect((await app.get(url, { headers: { 'If-None-Match': before } })).status).toBe(200);
    }
  });

  it('a script that is not known passes as it is, and a line says so', async () => {
    const app = await inVdir(
      `require('http').createServer((q, s) => s.setHeader('Content-Type', 'text/javascript').end('var EIO;')).listen(3000);`,
    );
    expect((await app.get('/chat/socket.io.js')).body).toBe('var EIO;');
    expect(app.stderr()).toMatch(/^iisnode-sock loader: \/socket\.io\.js is an unknown kind of client script/);
  });

  it('at the root nothing is changed', async () => {
    const app = await inVdir(
      `const server = require('http').createServer(); new (require('socket.io').Server)(server); server.listen(3000);`,
      { settings: { vdirPath: '/' } },
    );
    const original = readFileSync(path.join(modules, 'socket.io/client-dist/socket.io.js'), 'latin1');
    expect((await app.get('/socket.io/socket.io.js')).body).toBe(original);
  });
});

describe('rewritePages: root-absolute URLs of pages get the vdir path', () => {
  const page = `<!doctype html><base href="/"><a href='/x?a=/b'>é</a> <a href="x">x</a> <img src=/logo.png>
<form action="/save" method="post"><a href="//cdn.example/x"></a><a href="/chat/x"></a><a href="/chatter"></a>
<script src="/app.js"></script><script>if (1 < 2) fetch('/save'); const href = "/x"; location.href="/y";</script>
<script type="importmap">{ "imports": { "live": "/socket.io/socket.io.esm.min.js", "js/": "./js/", "/lib/": "/vendor/" },
"scopes": { "/js/": { "lodash": "/lodash.js", "cdn": "//cdn.example/x.js", "own": "/chat/x.js" } }, "integrity": { "/lodash.js": "sha384-a/b" } }</script>
<script type="module">import { io,
  Manager } from "/socket.io/socket.io.esm.min.js"; import '/a.js'
export * from '/b.js'; const s = 'from "/x"', t = await import("/c.js"); import d from "./d.js"; import e from "//cdn.example/e.js";
import f from "/chat/f.js"; say(\`from "/y"\`, important("/z"));</script><script>import("/plain.js")</script>`;
  const changed = `<!doctype html><base href="/chat/"><a href='/chat/x?a=/b'>é</a> <a href="x">x</a> <img src=/chat/logo.png>
<form action="/chat/save" method="post"><a href="//cdn.example/x"></a><a href="/chat/x"></a><a href="/chat/chatter"></a>
<script src="/chat/app.js"></script><script>if (1 < 2) fetch('/save'); const href = "/x"; location.href="/y";</script>
<script type="importmap">{ "imports": { "live": "/chat/socket.io/socket.io.esm.min.js", "js/": "./js/", "/chat/lib/": "/chat/vendor/" },
"scopes": { "/chat/js/": { "lodash": "/chat/lodash.js", "cdn": "//cdn.example/x.js", "own": "/chat/x.js" } }, "integrity": { "/chat/lodash.js": "sha384-a/b" } }</script>
<script type="module">import { io,
  Manager } from "/chat/socket.io/socket.io.esm.min.js"; import '/chat/a.js'
export * from '/chat/b.js'; const s = 'from "/x"', t = await import("/chat/c.js"); import d from "./d.js"; import e from "//cdn.example/e.js";
import f from "/chat/f.js"; say(\`from "/y"\`, important("/z"));</script><script>import("/plain.js")</script>`;
  const text = JSON.stringify(page);
  const asked = { headers: { Accept: 'text/html,*/*;q=0.8', 'Accept-Encoding': 'gzip' } };
  const settings = { rewritePages: true };
  const utf8 = (body: string) => Buffer.from(body, 'latin1').toString('utf8');
  const server = (how: string, more = '') =>
    `${more} require('http').createServer((q, s) => { const text = ${text}; s.setHeader('Content-Type', 'text/html; charset=utf-8'); ${how} }).listen(3000);`;

  it.each([
    ['end()', server('s.end(text)')],
    ['end() with a callback', server('s.end(text, () => console.log(1))')],
    [
      'writeHead() and end()',
      server(`s.writeHead(200, { 'Content-Length': Buffer.byteLength(text), ETag: '"a"' }); s.end(Buffer.from(text))`),
    ],
    [
      'pieces of a known length',
      server(
        `s.setHeader('content-length', Buffer.byteLength(text)); s.write(text.slice(0, 60)); setTimeout(() => { s.write(text.slice(60), 'utf8', () => s.end()) }, 20)`,
      ),
    ],
    [
      'a file that is piped',
      server(`require('fs').createReadStream(__dirname + '/public/index.html', { highWaterMark: 100 }).pipe(s)`),
    ],
    ['pieces of unknown length', server(`for (const byte of Buffer.from(text)) s.write(Buffer.of(byte)); s.end()`)],
    [
      'a stream whose head is sent first',
      server(
        `s.flushHeaders(); s.write(text.slice(0, 40), () => setTimeout(() => s.end(text.slice(40), () => console.log(1)), 20))`,
      ),
    ],
    [
      'a body of the web',
      server(`const { body } = new Response(text); require('stream').Readable.fromWeb(body).pipe(s)`),
    ],
    [
      'arguments that are null, as fastify 4 has them',
      server(
        `s.writeHead(200, null, { 'Content-Length': Buffer.byteLength(text) }); s.write(text, null, null); s.end(null, null, null)`,
      ),
    ],
    ['a whole body and arguments that are null', server(`s.end(text, null, null)`)],
    [
      'no type, which browsers take for a page',
      server(`s.removeHeader('Content-Type'); s.writeHead(200); s.end(text)`),
    ],
    [
      'no type, in pieces',
      server(`s.removeHeader('Content-Type'); s.write(text.slice(0, 99)); setTimeout(() => s.end(text.slice(99)), 20)`),
    ],
    [
      'pieces and an end that is null',
      server(`s.write(text.slice(0, 60)); s.write(text.slice(60)); s.end(null, null, null)`),
    ],
    ['express', `require('express')().get('/', (q, s) => s.send(${text})).listen(3000)`],
    ['express and a file', `require('express')().use(require('express').static(__dirname + '/public')).listen(3000)`],
    [
      'fastify',
      `require('fastify')().get('/', async (q, s) => s.type('text/html; charset=utf-8').send(${text})).server; const f = require('fastify')(); f.get('/', async (q, s) => s.type('text/html; charset=utf-8').send(${text})); f.listen({ port: 3000 })`,
    ],
    [
      'koa',
      `const app = new (require('koa'))(); app.use((c) => { c.type = 'html'; c.body = ${text} }); app.listen(3000)`,
    ],
    [
      'hapi',
      `const h = require('@hapi/hapi').server({ port: 3000 }); h.route({ method: 'GET', path: '/', handler: () => ${text} }); h.start()`,
    ],
  ])('%s', async (_, code) => {
    const app = await inVdir(code, { settings, files: { 'server.js': code, 'public/index.html': page } });
    const { body, headers } = await app.get('/chat/', asked);
    expect(utf8(body)).toBe(changed);
    expect(headers['content-length'] ?? `${body.length}`).toBe(`${body.length}`);
    expect(app.stderr()).toBe('');
  });

  it.each([
    ['off', server('s.end(text)'), {}],
    ['not a page', server(`s.setHeader('Content-Type', 'text/plain'); s.end(text)`), settings],
    [
      'a stream that is not a page',
      server(`s.setHeader('Content-Type', 'text/plain'); s.write(text); s.end()`),
      settings,
    ],
    [
      'no type, and no page at its beginning',
      server(`s.removeHeader('Content-Type'); s.write(' '); s.write(text); s.end()`).replace('<!doctype', 'x<!doctype'),
      settings,
    ],
  ])('%s: it passes unchanged', async (_, code, given) => {
    const app = await inVdir(code, { settings: given });
    expect(utf8((await app.get('/chat/', asked)).body).replace(/^ x/, '')).toBe(page);
    expect(app.stderr()).toBe('');
  });

  it('a page that never ends comes as it is written, but for half a tag', async () => {
    const app = await inVdir(
      server(`s.write('<p>1 < 2 <a href="/x">x</a> <script>a<'); q.on('close', () => console.log('closed'));`),
      { settings },
    );
    const { body } = (await await fetch(`${app.origin}/chat/`, { headers: { Accept: 'text/html' } })) as {
      body: ReadableStream<Uint8Array>;
    };
    const reader = body.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('<p>1 < 2 <a href="/chat/x">x</a> ');
    await reader.cancel();
  });

  it('a compressed or large body passes unchanged, and is reported', async () => {
    const app = await inVdir(
      `const zip = Buffer.from('${gzipSync(page).toString('base64')}', 'base64');
       require('http').createServer((q, s) => { s.setHeader('Content-Type', 'text/html');
         if (q.url === '/zip') s.setHeader('Content-Encoding', 'gzip').end(zip); else s.end('<a href="/x">' + ' '.repeat(2e6)); }).listen(3000)`,
      { settings },
    );
    expect((await app.get('/chat/zip', asked)).body).toBe(gzipSync(page).toString('latin1'));
    expect((await app.get('/chat/large', asked)).body).toBe(`<a href="/x">${' '.repeat(2e6)}`);
    expect(app.stderr()).toMatch(/\/zip .* it is compressed\n.*\/large .* it is larger than .*\n/);
  });

  it('visitors, who choose the URLs, do not fill the log', async () => {
    const app = await inVdir(server(`s.end(text + ' '.repeat(2 ** 20))`), { settings });
    for (let i = 0; i < 3; i++) await app.get(`/chat/?from=${i}`, asked);
    for (let i = 0; i < 120; i++) await app.get(`/chat/${i}`, asked);
    const lines = app.stderr().trimEnd().split('\n');
    expect(lines[0]).toMatch(/: \/ keeps its URLs/);
    expect(lines).toHaveLength(100);
  });

  it('HEAD has no length that GET does not have', async () => {
    const app = await inVdir(
      server(`s.setHeader('Content-Length', Buffer.byteLength(text)); s.end(q.method === 'HEAD' ? undefined : text)`),
      { settings },
    );
    const { status, headers } = await app.get('/chat/', { ...asked, method: 'HEAD' });
    expect([status, headers['content-length']]).toEqual([200, undefined]);
  });

  it('a program that asks for anything gets the same page; what is no page keeps its conditions and its compression', async () => {
    const seen = `[q.headers['accept-encoding'], q.headers['if-none-match'], q.headers.range].join()`;
    const app = await inVdir(
      server(
        `if (q.url === '/data') { s.setHeader('Content-Type', 'application/json'); s.end(${seen}); } else s.end(text)`,
      ),
      { settings },
    );
    for (const headers of [{ Accept: '*/*' }, {}])
      expect(utf8((await app.get('/chat/', { headers })).body)).toBe(changed);
    const headers = { Accept: '*/*', 'Accept-Encoding': 'gzip', 'If-None-Match': '"a"', Range: 'bytes=0-1' };
    expect((await app.get('/chat/data', { headers })).body).toBe('gzip,"a",bytes=0-1');
  });

  it('a part of a page keeps its declared length', async () => {
    const code = `require('express')().use(require('express').static(__dirname + '/public')).listen(3000)`;
    const app = await inVdir(code, { settings, files: { 'server.js': code, 'public/index.html': page } });
    const { status, body } = await app.get('/chat/', { headers: { Accept: '*/*', Range: 'bytes=0-30' } });
    expect([status, body]).toEqual([206, page.slice(0, 31)]);
  });

  it('answers between the pages on one connection are as they were', async () => {
    const app = await inVdir(
      server(
        `if (q.url === '/a.txt') { s.setHeader('Content-Type', 'text/plain'); s.end('href="/x"'); } else s.end(text)`,
      ),
      { settings },
    );
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const bodies: string[] = [];
    for (const url of ['/chat/', '/chat/a.txt', '/chat/'])
      bodies.push(utf8((await app.get(url, { ...asked, agent })).body));
    agent.destroy();
    expect(bodies).toEqual([changed, 'href="/x"', changed]);
  });
});
