import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificate.js';
import { freePort } from '../support/free-port.js';
import { runApp } from './app.js';

/** Ways of an app to ask its own server: expressions for the body of the answer to /own. */
const ways: readonly (readonly [string, string])[] = [
  ['fetch and address().port', `fetch('http://localhost:' + server.address().port + '/own').then((a) => a.text())`],
  ['fetch and the port that it gave to listen()', `fetch('http://127.0.0.1:3000/own').then((a) => a.text())`],
  ['http.get with a URL', `read((done) => http.get('http://[::1]:3000/own', done))`],
  ['http.get with options', `read((done) => http.get({ port: '3000', path: '/own' }, done))`],
  ['an agent that keeps connections', `read((done) => http.get({ port: 3000, path: '/own', agent }, done))`],
  ['the same connection again', `read((done) => http.get({ port: 3000, path: '/own', agent }, done))`],
  ['net.connect', `raw(net.connect(3000))`],
  ['net.connect with a host', `raw(net.connect(3000, 'LOCALHOST', () => {}))`],
  ['a socket of net', `raw(new net.Socket().connect({ host: '127.0.0.1', port: 3000 }))`],
  [
    'https, of a server that has its own port',
    `read((done) => https.get('https://localhost:' + securePort + '/own', { ca: cert, servername: 'localhost' }, done))`,
  ],
  [
    'socket.io-client',
    `new Promise((done) => client('http://localhost:' + server.address().port, { reconnection: false })
      .once('connect_error', (error) => done(error.message)).once('hello', done))`,
  ],
  ['a port of another program', `read((done) => http.get({ port: other.address().port, path: '/own' }, done))`],
  ['a port that nobody has', `raw(net.connect(1, '127.0.0.1'))`],
];

const app = (more: string): string => `const [net, http, https] = ['net', 'http', 'https'].map((each) => require(each));
  const answer = (q, s) => s.end([q.url, q.socket.remoteAddress, process.pid].join());
  const agent = new http.Agent({ keepAlive: true });
  const client = require('socket.io-client').io;
  const read = (ask) => new Promise((done, failed) => {
    ask((a) => a.setEncoding('utf8').once('data', (text) => done(text + (a.socket.remoteAddress === '127.0.0.1' ? '' : '?')))).once('error', failed);
  });
  const raw = (socket) => new Promise((done, failed) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (more) => (text += more)).once('end', () => done(text.split('\\r\\n').at(-1))).once('error', failed);
    socket.write('GET /own HTTP/1.0\\r\\n\\r\\n');
  });
  ${more}`;

const server = `const server = http.createServer(async (q, s) => {
    if (q.url !== '/ask') return answer(q, s);
    const all = [];
    for (const way of [${ways.map(([, way]) => `() => ${way}`)}]) all.push(await way().catch((error) => error.message));
    s.end(JSON.stringify(all));
  });
  new (require('socket.io').Server)(server).on('connection', (socket) => socket.emit('hello', socket.handshake.address));
  const other = http.createServer((q, s) => s.end('another')).listen(0, '127.0.0.1');
  server.listen(3000);`;

describe('an app that is its own client', () => {
  it('reaches its own server, in whatever way it connects', async () => {
    const { cert, key } = makeCertificate({ name: 'localhost' });
    const secure = `const [cert, key, securePort] = ${JSON.stringify([cert, key, await freePort()])};
      https.createServer({ cert, key }, answer).listen(securePort);`;
    const { get, child, stderr } = await runApp({
      files: { 'server.js': app(secure + server) },
      settings: { port: 3000 },
    });
    const answers = JSON.parse((await get('/ask')).body) as string[];
    const own = `/own,127.0.0.1,${child.pid}`;
    expect(Object.fromEntries(ways.map(([name], at) => [name, answers[at]]))).toEqual({
      ...Object.fromEntries(ways.map(([name]) => [name, own])),
      'https, of a server that has its own port': expect.stringMatching(/^\/own,/),
      'socket.io-client': '127.0.0.1',
      'a port of another program': 'another',
      'a port that nobody has': expect.stringContaining('ECONNREFUSED'),
    });
    expect(stderr()).not.toContain('Error');
  });

  it('also by TLS, which is its own server’s and not that of IIS', async () => {
    const [{ cert, key }, port] = [makeCertificate({ name: 'localhost' }), await freePort()];
    const code = app(`const [cert, key] = ${JSON.stringify([cert, key])};
      https.createServer({ cert, key }, async (q, s) => {
        if (q.url !== '/ask') return answer(q, s);
        const all = [];
        for (const host of ['localhost', '127.0.0.1'])
          all.push(await read((done) => https.get({ host, port: ${port}, path: '/own', ca: cert, servername: 'localhost', checkServerIdentity: () => undefined }, done)).catch((error) => error.message));
        s.end(JSON.stringify(all));
      }).listen(${port});`);
    const { get, child } = await runApp({ files: { 'server.js': code } });
    const own = `/own,127.0.0.1,${child.pid}`;
    expect(JSON.parse((await get('/ask')).body)).toEqual([own, own]);
  });

  it('in a virtual directory sees its own URLs as it asks for them, and is the process that asks', async () => {
    const code = app(`const server = http.createServer((q, s) => q.url === '/ask'
      ? fetch('http://localhost:' + process.env.PORT + '/app/x').then((a) => a.text()).then((text) => s.end(text)) : answer(q, s));
      server.listen(process.env.PORT);`);
    const start = () => runApp({ files: { 'server.js': code }, environment: { virtualDirPath: '/app' } });
    for (const { child, get } of await Promise.all([start(), start()])) {
      expect((await get('/app/ask')).body).toBe(`/app/x,127.0.0.1,${child.pid}`);
    }
  });
});
