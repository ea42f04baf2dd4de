import { createServer } from 'node:http';
import { type ServerOptions, Server as SocketServer } from 'socket.io';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { type ProbeReport, type ProbeStep, probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

const step = (report: ProbeReport, id: ProbeStep['id']) => report.steps.find((one) => one.id === id);
const sockets = (report: ProbeReport) =>
  report.steps.filter(({ id }) => id === 'handshake' || id === 'websocket').map(({ id, ok }) => [id, ok]);
const tag = '<script src="/chat/socket.io/socket.io.js"></script>\n';

interface Made {
  readonly options?: Partial<ServerOptions>;
  readonly script?: string;
  readonly greet?: (io: SocketServer) => void;
  /** In place of the code. */
  readonly inPage?: string;
}

/** An app at /chat/ with this script in its page. */
async function app(code: string, { options, script = '', greet, inPage = code }: Made = {}): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    if (url === '/chat/')
      return response.setHeader('content-type', 'text/html').end(`${tag}<script>${inPage}</script>${script}`);
    if (url === '/chat/app.js') return response.setHeader('content-type', 'text/javascript').end(code);
    return response.writeHead(404).end('no');
  });
  const io = new SocketServer(server, { path: '/chat/socket.io', ...options });
  io.on('connection', (socket) => socket.emit('hi'));
  greet?.(io);
  onTestFinished(() => io.close());
  return `${await listen(server)}/chat/`;
}
const look = async (code: string, made?: Made) => probeApp(await app(code, made), { eventTimeout: 1 });

describe('the path is the one the client of the page asks for', () => {
  it.each([
    "io({ path: '/chat/socket.io' })",
    "const socket = io({ path: new URL('socket.io', location.href).pathname })",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code under test
    "const base = location.pathname.replace(/\\/$/, ''); io.connect({ path: `${base}/socket.io/` })",
    "const options = { path: '/chat' + '/socket.io' }; window.io(undefined, options)",
    "io(location.origin, { path: new URL('socket.io', document.baseURI).pathname })",
    'io(settings.endpoint, { path: settings.path })',
    'function connect(options) { return io(options) }',
  ])('%s', async (code) => {
    const report = await look(code);
    expect(sockets(report)).toEqual([
      ['handshake', true],
      ['websocket', true],
    ]);
    expect(step(report, 'handshake')?.url).toContain('/chat/socket.io/?EIO=4');
  });

  it.each([
    ['is not judged where it is not read', "\nio('/ops', { path: document.body.dataset.path })", true],
    ['is judged where it is read', "\nio('/ops', { path: '/chat/socket.io' })", false],
  ])('and %s', async (_, code, ok) => {
    const report = await look(code, { options: { path: '/chat/realtime/ws' } });
    expect(step(report, 'handshake')).toMatchObject({ ok, status: 404 });
    const { why, seen, note } = step(report, 'handshake') ?? {};
    if (ok) expect(note).toContain('the client in line 3 of the page has its path from a value');
    else expect(why).toContain('the client in line 3 of the page uses that path');
    expect(seen?.includes('not tried')).toBe(ok);
    expect(step(report, 'websocket') === undefined).toBe(ok);
  });

  it("and a client that names none asks the site's root", async () => {
    const report = await look('\nio()');
    expect(step(report, 'handshake')).toMatchObject({ ok: false, status: 404 });
    expect(new URL(step(report, 'handshake')?.url ?? '').pathname).toBe('/socket.io/');
    expect(step(report, 'handshake')?.why).toContain('the client in line 3 of the page uses that path');
  });

  it("unless the loader's client script puts the vdir path in front", async () => {
    const url = await app('', { script: '<script src="/chat/loaded/socket.io.js"></script>' });
    const { origin } = new URL(url);
    const patched = `/* Socket.IO v4.8.4 */ (path + '/').indexOf('/chat/') !== 0 ? '/chat' + path : path`;
    const front = createServer(async ({ url: asked = '' }, response) => {
      if (asked === '/chat/') {
        const page = '<script src="socket.io/socket.io.js"></script><script>io()</script>';
        return response.setHeader('content-type', 'text/html').end(page);
      }
      if (asked.endsWith('.js')) return response.setHeader('content-type', 'text/javascript').end(patched);
      const answer = await fetch(origin + asked);
      return response.writeHead(answer.status).end(await answer.text());
    });
    const report = await probeApp(`${await listen(front)}/chat/`);
    expect(step(report, 'handshake')).toMatchObject({ ok: true, status: 200 });
  });

  it('also in a script that the page loads, with its line', async () => {
    const url = await app('\n\nio({ path: "/chat/wrong" })', { inPage: '', script: '<script src="app.js"></script>' });
    expect(step(await probeApp(url), 'handshake')?.why).toContain('(the client in app.js:3 uses that path)');
    const other = await app('', {
      script:
        '<script type="module">import { io } from "/chat/socket.io/socket.io.esm.min.js"; io({ path: "/x" })</script>',
    });
    expect(step(await probeApp(other), 'handshake')).toMatchObject({ ok: false, status: 404 });
  });

  it.each(['js/socket.io.min.js', 'https://cdn.example.invalid/4.8.4/socket.io.min.js'])(
    'and not in the folder of a copy of the client script: %s',
    async (source) => {
      const server = createServer(({ url = '' }, response) => {
        const page = `<script src="${source}"></script><script>io({ path: '/rt/socket.io' })</script>`;
        if (url === '/') return response.setHeader('content-type', 'text/html').end(page);
        return response.setHeader('content-type', 'text/javascript').end('/* socket.io */');
      });
      const io = new SocketServer(server, { path: '/rt/socket.io' });
      onTestFinished(() => io.close());
      expect((await probeApp(await listen(server), { eventTimeout: 1 })).ok).toBe(true);
    },
  );
});

it('a client script under another name is the only one that the page needs', async () => {
  const files: Record<string, [type: string, text: string]> = {
    '/': ['text/html', '<script src="client.js"></script><script>io({ path: "/rt" })</script>'],
    '/client.js': ['text/javascript', '/* Socket.IO v4.8.4 */\n//# sourceMappingURL=socket.io.min.js.map'],
  };
  const server = createServer(({ url = '' }, response) => {
    const [type, text] = files[url] ?? ['text/plain', 'no'];
    response.writeHead(text === 'no' ? 404 : 200, { 'content-type': type }).end(text);
  });
  const io = new SocketServer(server, { path: '/rt', serveClient: false });
  onTestFinished(() => io.close());
  expect((await probeApp(await listen(server), { eventTimeout: 1 })).steps).toMatchObject(Array(4).fill({ ok: true }));
});

describe('the namespace is the one the client of the page asks for', () => {
  it('and each is connected, over one handshake', async () => {
    const report = await look(
      "const o = { path: '/chat/socket.io' }; io('/rooms', o); io('/news', o); io('/rooms', o)",
      {
        greet: (io) => {
          io.of('/rooms').on('connection', (socket) => socket.emit('welcome'));
          io.of('/news').use((_socket, next) => next(new Error('sign in')));
        },
      },
    );
    expect(report.ok).toBe(true);
    expect(report.steps.map(({ id, title, namespace, seen }) => [id, title, namespace, seen]).slice(2)).toEqual([
      ['handshake', 'the handshake', undefined, 'Engine.IO 4 session, offers the upgrade to websocket'],
      ['websocket', 'the WebSocket of /rooms', '/rooms', expect.stringMatching(/^open/)],
      ['websocket', 'the WebSocket of /news', '/news', 'open; the app requires more to connect: sign in'],
    ]);
  });

  it('and one that the server does not have is a fault', async () => {
    const report = await look("io('/chat', { path: '/chat/socket.io' })");
    expect(step(report, 'websocket')).toMatchObject({ ok: false, status: 101, symptom: 'namespace' });
    expect(step(report, 'websocket')?.why).toContain('asks for the namespace /chat');
  });
});

describe('the transports are those of the client of the page', () => {
  const path = "path: '/chat/socket.io'";

  it('one that begins with polling never connects where the server allows only websocket', async () => {
    const report = await look(`io({ ${path} })`, { options: { transports: ['websocket'] } });
    expect(step(report, 'handshake')).toMatchObject({ ok: false, status: 400, symptom: 'transports' });
    expect(step(report, 'handshake')?.why).toContain('begins with polling');
  });

  it.each([`io({ ${path}, transports: ['websocket'] })`, `io({ ${path}, tryAllTransports: true })`])(
    'others do: %s',
    async (code) => {
      expect((await look(code, { options: { transports: ['websocket'] } })).ok).toBe(true);
    },
  );

  it('a client that only polls needs no WebSocket, and neither does one without an offered upgrade', async () => {
    const polling = await look(`io({ ${path}, transports: ['polling'] })`);
    expect(step(polling, 'websocket')).toMatchObject({ ok: true, status: undefined, seen: /not tried/ });
    const offered = await look(`io({ ${path} })`, { options: { transports: ['polling'] } });
    expect(step(offered, 'websocket')).toMatchObject({ ok: true, status: undefined, seen: /not offered/ });
    const wanted = await look(`io({ ${path}, transports: ['websocket'] })`, { options: { transports: ['polling'] } });
    expect(step(wanted, 'websocket')).toMatchObject({ ok: false });
  });
});

describe('a client of another host', () => {
  it.each([
    ["io('http://localhost:3000')", false, "the visitor's own machine"],
    ["io('localhost:3000')", false, "the visitor's own machine"],
    ["io('https://sockets.example.com')", true, 'another server'],
  ])('%s', async (code, ok, words) => {
    const report = await look(`\n${code}`);
    expect(report.ok).toBe(ok);
    expect(step(report, 'handshake')).toMatchObject({
      ok,
      status: undefined,
      seen: /the client \(line 3 of the page\) connects to/,
    });
    expect(step(report, 'handshake')?.[ok ? 'note' : 'why']).toContain(words);
    expect(step(report, 'websocket')).toBeUndefined();
  });

  it('or of another port of the same host is looked at there', async () => {
    const other = createServer();
    const io = new SocketServer(other);
    onTestFinished(() => io.close());
    const { port } = new URL(await listen(other));
    const right = await look(`io(location.hostname + ':${port}')`);
    expect(step(right, 'handshake')).toMatchObject({ ok: true, status: 200, note: /not through IIS/ });
    const wrong = await look("io('//' + location.hostname + ':1')");
    expect(step(wrong, 'handshake')).toMatchObject({ ok: false, symptom: 'other-port', why: /port 1 of the host/ });
  });
});

describe('a plain WebSocket is opened where the code of the page says', () => {
  it.each([
    ["new WebSocket(location.href.replace(/^http/, 'ws'))", true, 'open'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: code under test
    ['const u = `${location.protocol.replace("http", "ws")}//${location.host}/x`; new WebSocket(u)', true, 'open'],
    [
      "const w = new WebSocket((location.protocol === 'https:' ? 'wss://' : 'ws://') + location.host + '/x');",
      true,
      'open',
    ],
    ["new WebSocket(scheme + location.host + '/rooms/' + name)", true, 'not tried'],
    [
      "new WebSocket('ws://' + location.hostname + ':1/x')",
      false,
      'the page connects to port 1 of the host, which does not go through IIS: ',
    ],
    ["new WebSocket('ws://localhost:8080')", false, "the page asks the visitor's own machine, http://localhost:8080"],
    ["new WebSocket('wss://elsewhere.example/x')", true, 'not tried'],
  ])('%s', async (code, ok, words) => {
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end(`<script>${code}</script>`),
    );
    const plain = new WebSocketServer({ server });
    plain.on('connection', (socket) => socket.send('hello'));
    onTestFinished(() => plain.close());
    const report = await probeApp(await listen(server));
    expect(report.steps.map(({ id }) => id)).toEqual(['page', 'websocket']);
    expect(step(report, 'websocket')).toMatchObject({ ok, [ok ? 'seen' : 'why']: expect.stringContaining(words) });
  });
});

it('a plain WebSocket outside of the app is distinguished from one that does not work', async () => {
  const server = createServer(({ url }, response) =>
    url === '/chat/'
      ? response
          .setHeader('content-type', 'text/html')
          .end("<script>new WebSocket('ws://' + location.host + '/live')</script>")
      : response.writeHead(404).end('no'),
  );
  const plain = new WebSocketServer({ server, path: '/chat/live' });
  onTestFinished(() => plain.close());
  const report = await probeApp(`${await listen(server)}/chat/`);
  expect(step(report, 'websocket')).toMatchObject({
    ok: false,
    why: expect.stringContaining('/live is outside of the app, which is at /chat/'),
    next: expect.stringContaining("new URL('live', document.baseURI)"),
  });
});

describe('an app whose page asks for no sockets', () => {
  it('has none, and that is reported', async () => {
    const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>shop'));
    const report = await probeApp(await listen(server));
    expect(report).toMatchObject({ ok: true, transport: undefined });
    expect(report.steps.map(({ id }) => id)).toEqual(['page', 'handshake']);
    expect(step(report, 'handshake')?.note).toContain('the page asks for no sockets, and none were found');
  });

  it.each([
    [
      'a function that a minifier has named io',
      `function a(){return io(1)}${'var b=1;'.repeat(200)}function io(e){return e}`,
    ],
    ['a function of its own that is named io', 'function io(text) { return text }\nio("input and output")'],
    ['a method of that name', 'const port = serial.io(1);'],
  ])('for all that %s is called', async (_what, code) => {
    const server = createServer(({ url }, response) =>
      url === '/'
        ? response.setHeader('content-type', 'text/html').end(`<p>shop</p><script>${code}</script>`)
        : response.writeHead(404).end('no'),
    );
    const report = await probeApp(await listen(server));
    expect(report).toMatchObject({ ok: true, transport: undefined });
    expect(step(report, 'handshake')?.note).toContain('the page asks for no sockets');
  });

  it('and whose sources make socket.io needs it', async () => {
    const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>shop'));
    const sources = () => ({
      hasPage: true,
      hasNoSockets: false,
      socketIo: { paths: ['/socket.io'], at: 'server.js:4' },
    });
    const report = await probeApp(await listen(server), { sources });
    expect(step(report, 'handshake')).toMatchObject({ ok: false, why: expect.stringContaining('server.js:4') });
  });

  it('and whose sources say another path is looked at there', async () => {
    const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>shop'));
    const io = new SocketServer(server, { path: '/x/rt' });
    onTestFinished(() => io.close());
    const sources = () => ({
      hasPage: true,
      hasNoSockets: false,
      socketIo: { paths: ['/rt', '/x/rt'], at: 'server.js:4' },
    });
    const report = await probeApp(await listen(server), { sources, eventTimeout: 1 });
    expect(report).toMatchObject({ ok: true, transport: 'websocket' });
  });

  it('or only in a bundle, which does not show the path, is looked at where the sources make it', async () => {
    const bundle = 'const c={EIO:4};(0,r.io)({path:p(),addTrailingSlash:!1})';
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end(`<p>shop</p><script>${bundle}</script>`),
    );
    const io = new SocketServer(server, { path: '/api/live', addTrailingSlash: false });
    onTestFinished(() => io.close());
    const sources = () => ({
      hasPage: true,
      hasNoSockets: false,
      socketIo: { paths: ['/api/live'], at: 'server.js:4' },
    });
    const url = await listen(server);
    expect(await probeApp(url, { sources, eventTimeout: 1 })).toMatchObject({ ok: true, transport: 'websocket' });
    const given = await probeApp(url, { sources, socketPath: '/no', timeout: 1_000 });
    expect(given.steps.map(({ url }) => new URL(url).pathname)).not.toContain('/api/live/');
  });

  it('and breaks where socket.io would be is reported', async () => {
    const server = createServer(({ url }, response) =>
      url === '/'
        ? response.setHeader('content-type', 'text/html').end('<p>x')
        : response.writeHead(502).end('Bad Gateway'),
    );
    const report = await probeApp(await listen(server));
    expect(step(report, 'handshake')).toMatchObject({ ok: false, status: 502, symptom: 'proxy-502' });
  });
});

describe('a refusal of the app itself', () => {
  it('by middleware of the engine is distinguished from a wrong path', async () => {
    const refuse = (io: SocketServer): void => {
      io.engine.use((_request: unknown, response: { writeHead(status: number): { end(): void } }) => {
        response.writeHead(401).end();
      });
    };
    const report = await look("io({ path: '/chat/socket.io' })", { greet: refuse });
    expect(step(report, 'handshake')).toMatchObject({ ok: true, status: 401, note: /at this path alone/ });
    expect(report.ok).toBe(true);
    const guarded = createServer(({ url }, response) =>
      url === '/'
        ? response.setHeader('content-type', 'text/html').end('<script>io()</script>')
        : response.writeHead(401).end(),
    );
    expect(step(await probeApp(await listen(guarded)), 'handshake')).toMatchObject({ ok: false, status: 401 });
  });
});
