import { describe, expect, it } from 'vitest';
import { type App, type AppOptions, runApp } from './app.js';
import { hello } from './sockets.js';

const inVdir = (code: string, more: Partial<AppOptions> = {}): Promise<App> =>
  runApp({ files: { 'server.js': code }, ...more, settings: { vdirPath: '/chat', ...more.settings } });

/** An app that answers with the URL and prefix it sees. */
const echo = `require('http').createServer((q, s) => s.end(q.url + ' ' + q.headers['x-forwarded-prefix'])).listen(3000)`;

describe('in a virtual directory the app sees URLs as if it were at the root', () => {
  it.each([
    ['/chat/', '/ /chat'],
    ['/chat/a/b?x=/chat/', '/a/b?x=/chat/ /chat'],
    ['/Chat/a', '/a /Chat'],
    ['/ch%61t/a', '/a /chat'],
    ['/chat//a', '//a /chat'],
    ['/chatter/a', '/chatter/a undefined'],
    ['/', '/ undefined'],
    ['/%/a', '/%/a undefined'],
  ])('%s is %s', async (url, seen) => {
    const app = await inVdir(echo);
    expect((await app.get(url)).body).toBe(seen);
  });

  it('a path of two parts, with a blank', async () => {
    const app = await inVdir(echo, { settings: { vdirPath: '/our apps/chat/' } });
    expect((await app.get('/our%20apps/chat/a')).body).toBe('/a /our%20apps/chat');
  });

  it('what the client says of a prefix is not heard', async () => {
    const app = await inVdir(echo);
    expect((await app.get('/chat/a', { headers: { 'X-Forwarded-Prefix': '/evil' } })).body).toBe('/a /chat');
  });

  it('the vdir path without its slash is redirected, since the relative URLs of a page need it', async () => {
    const app = await inVdir(echo);
    const { status, headers } = await app.get('/chat?a=b');
    expect({ status, location: headers.location }).toEqual({ status: 302, location: '/chat/?a=b' });
    expect((await app.get('/chat', { method: 'POST' })).body).toBe('/ /chat');
  });

  it.each([
    ['stripVdirPath: false', { settings: { stripVdirPath: false } }],
    ['stripVdirPath=false in web.config', { environment: { stripVdirPath: 'false' } }],
  ])('%s does not change an app that knows its path', async (_, more) => {
    const app = await inVdir(
      `require('http').createServer((q, s) => s.writeHead(302, { Location: q.url, 'Set-Cookie': 'a=b; Path=/' }).end()).listen(3000)`,
      more,
    );
    const { headers } = await app.get('/chat/x');
    expect(headers.location).toBe('/chat/x');
    expect(headers['set-cookie']).toEqual(['a=b; Path=/']);
    expect((await app.get('/chat')).headers.location).toBe('/chat');
  });

  it('web.config’s virtualDirPath comes before the settings', async () => {
    const app = await inVdir(echo, { environment: { virtualDirPath: '/other' } });
    expect((await app.get('/other/a')).body).toBe('/a /other');
  });

  it('an app that reads virtualDirPath is at the root by that, too; one that is not changed stays at its own path', async () => {
    const code = `require('express')().use(process.env.virtualDirPath, (q, s) => s.send('at ' + q.baseUrl)).listen(3000)`;
    const environment = { virtualDirPath: '/chat' };
    expect((await (await inVdir(code, { environment })).get('/chat/')).body).toBe('at ');
    const settings = { stripVdirPath: false };
    expect((await (await inVdir(code, { environment, settings })).get('/chat/')).body).toBe('at /chat');
  });

  it('socket.io, by polling and WebSocket', async () => {
    const app = await inVdir(
      `const server = require('http').createServer(); const io = new (require('socket.io').Server)(server);
       io.on('connection', (socket) => socket.emit('hello', socket.handshake.url.slice(0, 11))); server.listen(3000);`,
    );
    for (const transport of ['websocket', 'polling']) {
      const options = { path: '/Chat/socket.io', transports: [transport] };
      expect(await hello(app, '', options)).toBe('/socket.io/');
    }
  });

  it('also where socket.io 2 attaches to a server that listens already', async () => {
    const app = await inVdir(
      `const server = require('http').createServer((q, s) => s.end(q.url)).listen(3000);
       require('socket.io-2')(server);`,
    );
    expect((await app.get('/chat/socket.io/?EIO=3&transport=polling')).body).toContain('"sid"');
    expect((await app.get('/chat/x')).body).toBe('/x');
  });
});

describe('what the app answers comes back with the vdir path', () => {
  /** An app that redirects to the text in ?to=, in the way given. */
  const redirects = (how: string) => `require('http').createServer((q, s) => {
      const to = decodeURIComponent(q.url.split('to=')[1] ?? '');
      ${how};
      s.end();
    }).listen(3000)`;
  const location = async (app: App, to: string) =>
    (await app.get(`/chat/?to=${encodeURIComponent(to)}`)).headers.location;

  it.each([
    ['setHeader', `s.statusCode = 302; s.setHeader('location', to)`],
    ['writeHead', `s.writeHead(302, { location: to })`],
    ['writeHead with a reason', `s.writeHead(302, 'Go', { Location: to })`],
    ['writeHead with a flat list', `s.writeHead(302, ['X-A', '1', 'Location', to])`],
    ['writeHead with pairs', `s.writeHead(302, [['Location', to]])`],
    ['both', `s.setHeader('X-A', '1'); s.writeHead(302, { Location: to })`],
  ])('a Location, by %s', async (_, how) => {
    expect(await location(await inVdir(redirects(how)), '/new')).toBe('/chat/new');
  });

  it('a Location of this host, and no other', async () => {
    const app = await inVdir(redirects(`s.writeHead(302, { Location: to })`));
    for (const [to, seen] of [
      ['/', '/chat/'],
      ['/chat/new', '/chat/new'],
      ['/chatter', '/chat/chatter'],
      ['new', 'new'],
      ['../new', '../new'],
      ['?a=b', '?a=b'],
      ['http://site.example/new', 'http://site.example/chat/new'],
      ['https://site.example', 'https://site.example/chat/'],
      ['//site.example/new', '//site.example/chat/new'],
      ['http://site.example/chat/new', 'http://site.example/chat/new'],
      ['https://other.example/new', 'https://other.example/new'],
      ['http://site.example:8080/new', 'http://site.example:8080/new'],
      ['//other.example/new', '//other.example/new'],
      ['mailto:a@b', 'mailto:a@b'],
    ] as const) {
      expect(await location(app, to), to).toBe(seen);
    }
  });

  it('a Location of this host by https, where http has a port of its own', async () => {
    const app = await inVdir(redirects(`q.headers.host += ':8080'; s.writeHead(302, { Location: to })`));
    for (const [to, seen] of [
      ['https://site.example/new', 'https://site.example/chat/new'],
      ['https://site.example:443/new', 'https://site.example:443/chat/new'],
      ['http://site.example:8080/new', 'http://site.example:8080/chat/new'],
      ['https://site.example/chat/', 'https://site.example/chat/'],
      ['http://site.example/new', 'http://site.example/new'],
      ['https://site.example:8443/new', 'https://site.example:8443/new'],
      ['https://other.example/new', 'https://other.example/new'],
    ] as const) {
      expect(await location(app, to), to).toBe(seen);
    }
  });

  it('cookies: their path, and no other part', async () => {
    const cookies = [
      'a=/; Path=/; HttpOnly',
      'b=1; path=/admin',
      'c=1',
      'd=1; Path=/chat/x',
      '__Host-e=1; Secure; Path=/',
    ];
    const app = await inVdir(
      `require('http').createServer((q, s) => { s.setHeader('Set-Cookie', ${JSON.stringify(cookies)}); s.end(); }).listen(3000)`,
    );
    expect((await app.get('/chat/')).headers['set-cookie']).toEqual([
      'a=/; Path=/chat; HttpOnly',
      'b=1; path=/chat/admin',
      'c=1',
      'd=1; Path=/chat/x',
      '__Host-e=1; Secure; Path=/',
    ]);
  });

  it('as the browser wrote the vdir path: a cookie’s path knows capitals, IIS does not', async () => {
    const app = await inVdir(
      `require('http').createServer((q, s) => s.writeHead(302, { Location: '/x', 'Set-Cookie': 'a=b; Path=/' }).end()).listen(3000)`,
    );
    const { headers } = await app.get('/CHAT/');
    expect([headers.location, headers['set-cookie']]).toEqual(['/CHAT/x', ['a=b; Path=/CHAT']]);
  });

  it('headers after a status message that is null', async () => {
    const app = await inVdir(
      `require('http').createServer((q, s) => s.writeHead(302, null, { Location: '/a', 'X-Own': 'b' }).end()).listen(3000)`,
    );
    const { headers } = await app.get('/chat/x');
    expect(headers).toMatchObject({ location: '/chat/a', 'x-own': 'b' });
  });

  it('repeated headers of a list stay repeated', async () => {
    const app = await inVdir(
      `require('http').createServer((q, s) => s.writeHead(200, ['Set-Cookie', 'a=1; Path=/', 'Set-Cookie', 'b=2', 'Link', '<a>', 'Link', '<b>']).end()).listen(3000)`,
    );
    const { headers } = await app.get('/chat/');
    expect(headers['set-cookie']).toEqual(['a=1; Path=/chat', 'b=2']);
    expect(headers.link).toBe('<a>, <b>');
  });

  it('express: redirects, sessions’ cookies and mounted routers', async () => {
    const app = await inVdir(
      `const express = require('express'); const app = express();
       app.get('/old', (q, s) => s.cookie('sid', '1').redirect('/new'));
       app.get('/back', (q, s) => s.redirect(q.get('Referrer') || '/'));
       app.use('/admin', express.Router().get('/', (q, s) => s.send(q.originalUrl + ' ' + q.baseUrl)));
       app.listen(3000);`,
    );
    const { headers } = await app.get('/chat/old');
    expect([headers.location, headers['set-cookie']]).toEqual(['/chat/new', ['sid=1; Path=/chat']]);
    expect((await app.get('/chat/admin')).body).toBe('/admin /admin');
    const back = await app.get('/chat/back', { headers: { Referer: 'http://site.example/chat/page' } });
    expect(back.headers.location).toBe('http://site.example/chat/page');
  });

  it('nothing is changed at the root of a site', async () => {
    const app = await inVdir(
      `require('http').createServer((q, s) => s.writeHead(302, { Location: '/x', 'Set-Cookie': 'a=b; Path=/' }).end()).listen(3000)`,
      { settings: { vdirPath: '/' } },
    );
    const { headers } = await app.get('/chat');
    expect([headers.location, headers['set-cookie']]).toEqual(['/x', ['a=b; Path=/']]);
  });
});
