import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Style, writeStyle } from '../loader/styles.js';
import { startServe, temporaryFolder } from '../support/cli.js';
import { withBrowser } from './browser.js';

const newPage = withBrowser();

/** A page that shows what the socket says first, with the client that its server brings. */
const page = (script: string) => `<!doctype html><title>x</title><p id="said"></p>${script}`;
const shows = "s.on('hello', (text) => { document.getElementById('said').textContent += text + ' '; });";

const app = (attach: string, pages: Readonly<Record<string, string>>): Pick<Style, 'files' | 'settings'> => ({
  files: {
    'server.js': `const server = require('http').createServer((q, s) => {
        const page = ${JSON.stringify(pages)}[q.url];
        if (q.url === '/client/socket.io.js') {
          const file = require.resolve('socket.io-client-2/dist/socket.io.js');
          return s.setHeader('Content-Type', 'text/javascript').end(require('fs').readFileSync(file));
        }
        if (!page) return s.writeHead(404).end();
        s.setHeader('Content-Type', 'text/html').end(page);
      });
      const io = ${attach}; server.listen(3000);
      io.on('connection', (s) => s.emit('hello', s.nsp.name));
      io.of('/rooms').on('connection', (s) => s.emit('hello', s.nsp.name));`,
  },
  settings: { port: 3000, rewritePages: true },
});

const io4 = "new (require('socket.io').Server)(server)";
const classic = {
  '/': page(`<script src="/socket.io/socket.io.js"></script><script>const s = io(); ${shows}</script>`),
  '/room/1': page(`<script src="/socket.io/socket.io.js"></script><script>const s = io('/rooms'); ${shows}</script>`),
  '/path': page(
    `<script src="/socket.io/socket.io.js"></script><script>const s = io({ path: '/socket.io' }); ${shows}</script>`,
  ),
};
// Beside its own name, socket.io 2 would send the client of the 4 that is installed here.
const classic2 = Object.fromEntries(
  Object.entries(classic).map(([url, text]) => [url, text.replace('/socket.io/socket.io.js', '/client/socket.io.js')]),
);
const own = '<script src="/socket.io/socket.io.js"></script>';
/** Ways to say that it is this host. */
const thisHost = {
  '/origin': page(`${own}<script>const s = io(location.origin); ${shows}</script>`),
  '/slash': page(`${own}<script>const s = io(location.origin + '/'); ${shows}</script>`),
  '/without-scheme': page(`${own}<script>const s = io('//' + location.host + '/rooms'); ${shows}</script>`),
  '/named': page(`${own}<script>const s = io(location.origin + '/rooms'); ${shows}</script>`),
  '/path-and-slash': page(`${own}<script>const s = io('/rooms', { path: '/socket.io/' }); ${shows}</script>`),
  '/here': page(`${own}<script>const s = io('', { transports: ['websocket'] }); ${shows}</script>`),
};
const live = (options: string) =>
  page(`<script src="/live/socket.io.js"></script><script>const s = io(${options}); ${shows}</script>`);
const atLive = {
  '/': live(`{ path: '/live', transports: ['websocket'] }`),
  '/slash': live(`{ path: '/live/', transports: ['websocket'] }`),
  '/room/1': live(`'/rooms', { path: '/live', transports: ['websocket'] }`),
};
const webSocketsAlone = "new (require('socket.io').Server)(server, { path: '/live', transports: ['websocket'] })";
const module = {
  '/': page(
    `<base href="/"><script type="module">import { io } from './socket.io/socket.io.esm.min.js'; const s = io(); ${shows}</script>`,
  ),
};
const cases: [string, Pick<Style, 'files' | 'settings'>, Record<string, string>][] = [
  ['socket.io 2', app("require('socket.io-2')(server)", classic2), { '': '/', 'room/1': '/rooms', path: '/' }],
  ['socket.io 3', app("require('socket.io-3')(server)", classic), { '': '/', 'room/1': '/rooms', path: '/' }],
  ['socket.io 4', app(io4, classic), { '': '/', 'room/1': '/rooms', path: '/' }],
  [
    'the host by its name',
    app(io4, thisHost),
    { origin: '/', slash: '/', 'without-scheme': '/rooms', named: '/rooms', 'path-and-slash': '/rooms', here: '/' },
  ],
  [
    'WebSockets alone, at a path of their own',
    app(webSocketsAlone, atLive),
    { '': '/', slash: '/', 'room/1': '/rooms' },
  ],
  ['socket.io 4, as an ES module', app(io4, module), { '': '/' }],
];

describe('a page in a virtual directory that believes it is at the root', () => {
  it.each(cases)('%s', async (name, { files, settings = {} }, pages) => {
    const { folder, remove } = await temporaryFolder();
    onTestFinished(remove);
    const site = path.join(folder, 'app');
    mkdirSync(site);
    writeStyle({ name, files, settings, check: async () => undefined }, site, '/My App');
    const serve = await startServe([site, '--path', '/My App', '--port', '0'], {
      environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') },
    });
    onTestFinished(async () => void (await serve.stop()));
    const origin = new URL(serve.match[1] ?? '').origin;
    for (const [url, namespace] of Object.entries(pages)) {
      const tab = await newPage();
      const failed: string[] = [];
      tab.on(
        'response',
        (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`),
      );
      await tab.goto(`${origin}/My%20App/${url}`);
      await expect.poll(() => tab.textContent('#said')).toContain(`${namespace} `);
      expect(failed.filter((each) => !each.endsWith('/favicon.ico'))).toEqual([]);
    }
  });
});
