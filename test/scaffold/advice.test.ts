import { describe, expect, it } from 'vitest';
import type { Advice } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

/** Nothing is to be said of it, in a virtual directory or at a site's root. */
const rightServer = `const server = require('http').createServer();
const io = require('socket.io')(server, { path: process.env.virtualDirPath.replace(/\\/$/, '') + '/socket.io' });
io.of('/news');
server.listen(process.env.PORT);
`;

/** What init says of the code of an app that is to run without the loader. */
async function adviceOn(
  files: Record<string, string>,
  { path = '/chat', entry = 'server.js' } = {},
): Promise<readonly Advice[]> {
  const directory = folderWith({ 'package.json': '{}', ...files });
  return (await init({ directory, path, entry, loader: 'never', dryRun: true }, talk())).advice;
}

/** One line for each piece of advice: topic, place, code. */
const brief = ({ topic, file, line, code }: Advice): string =>
  [topic, file === undefined ? '-' : `${file}:${line}`, code ?? ''].join(' | ');
const briefly = async (...given: Parameters<typeof adviceOn>): Promise<string[]> =>
  (await adviceOn(...given)).map(brief);
const about = async (topic: Advice['topic'], ...given: Parameters<typeof adviceOn>): Promise<readonly Advice[]> =>
  (await adviceOn(...given)).filter((each) => each.topic === topic);

describe('advice about the server', () => {
  it('quotes a server without a path, which answers at /socket.io', async () => {
    const server = "const { Server } = require('socket.io');\n\nconst io = new Server(server, { cors: {} });\n";
    expect(await briefly({ 'server.js': server })).toEqual([
      'server-path | server.js:3 | const io = new Server(server, { cors: {} });',
    ]);
    expect(await briefly({ 'server.js': server }, { path: '/' })).toEqual([]);
  });

  it.each([
    ["import { Server } from 'socket.io';\nnew Server(s, { path: '/chat/socket.io' });", 'good'],
    [
      "import { Server } from 'socket.io';\nnew Server(s, { path: process.env.virtualDirPath + '/socket.io' });",
      'good',
    ],
    ["import { Server } from 'socket.io';\nnew Server(s, { path: '/other/socket.io' });", 'change'],
    ["import { Server } from 'socket.io';\nnew Server(s, options);", 'change'],
    ["import { Server } from 'socket.io';\nnew Server(s, { path: settings.path });", 'change'],
    ["require('socket.io')(server);", 'change'],
    ["import { Server } from 'socket.io';\nconst path = '/chat/socket.io';\nnew Server(s, { path });", 'good'],
    [
      "import { Server } from 'socket.io';\nconst v = process.env.virtualDirPath;\nnew Server(s, { path: v + '/x' });",
      'good',
    ],
    ["const socketio = require('socket.io');\nsocketio(server, { 'path': '/chat/socket.io/' });", 'good'],
    ["const io = require('socket.io');\nio.listen(server);", 'change'],
  ])('%j: %s', async (code, verdict) => {
    const places = (await about('server-path', { 'server.js': code })).map(({ file }) => file);
    expect(places).toEqual(verdict === 'change' ? ['server.js'] : []);
  });

  it('says so when there is no socket.io server at all in an app that asks for socket.io, and not in another one', async () => {
    const files = { 'server.js': "new (require('http').Server)().listen(process.env.PORT);\n" };
    const manifest = '{ "dependencies": { "socket.io": "^4" } }';
    expect(await briefly({ ...files, 'package.json': manifest })).toEqual(['server-path | - | ']);
    expect(await briefly(files)).toEqual([]);
  });
});

describe('advice about the client', () => {
  const page = (script: string): Record<string, string> => ({
    'server.js': rightServer,
    'public/index.html': `<!doctype html>\n<script src="/socket.io/socket.io.js"></script>\n<script>\n  ${script}\n</script>\n`,
  });

  it('quotes the lines of a page: the client script and the call of io', async () => {
    expect(await briefly(page('const socket = io();'))).toEqual([
      'client-script | public/index.html:2 | <script src="/socket.io/socket.io.js"></script>',
      'client-path | public/index.html:4 | const socket = io();',
    ]);
  });

  it('finds nothing to change at the root of a site', async () => {
    expect(await briefly(page('const socket = io();'), { path: '/' })).toEqual([]);
  });

  it.each([
    ["io({ path: '/chat/socket.io' });", 'good'],
    ["io('/news', { path: '/chat/socket.io' });", 'good'],
    ["io('/chat');", 'change'],
    ["const all = { path: '/chat/socket.io' }; io('/news', { ...all, auth: {} });", 'good'],
    ["const all = { path: '/chat/socket.io' }; io('/news', { ...all, path: '/socket.io' });", 'change'],
    ["io('/news', { ...all });", 'change'],
    ['io({ path: settings.path });', 'good'],
    ['io(settings);', 'change'],
    ["io.connect('http://localhost:3000');", 'change'],
    ["io({ path: new URL('socket.io', location.href).pathname });", 'good'],
  ])('%j: %s', async (code, verdict) => {
    const lines = (await about('client-path', page(code))).map(({ file, line }) => `${file}:${line}`);
    expect(new Set(lines)).toEqual(new Set(verdict === 'change' ? ['public/index.html:4'] : []));
  });

  it('passes over what was installed and what is minified', async () => {
    const files = { 'server.js': rightServer, 'node_modules/x/index.js': 'io();', 'public/a.min.js': 'io();' };
    expect(await briefly(files)).toEqual([]);
  });

  it('finds what a bundler brings to pages, and not another server', async () => {
    const files = {
      'server.js': rightServer,
      'client/src/socket.js': "import { io } from 'socket.io-client';\nexport const socket = io();\n",
      'old-server.js': "const socketIo = require('socket.io');\nconst io = socketIo(server);\nserver.listen(4000);\n",
    };
    expect(await briefly(files)).toEqual(['client-path | client/src/socket.js:2 | export const socket = io();']);
  });
});

describe('advice about listening', () => {
  it.each([
    ['server.listen(process.env.PORT || 3000);', 'good'],
    ['const port = process.env.PORT || 3000;\nserver.listen(port, () => {});', 'good'],
    ['server.listen(3000);', 'change'],
    ['const port = 3000;\nserver.listen(port);', 'change'],
    ['server.listen(parseInt(process.env.PORT, 10));', 'change'],
    ['server.listen(+process.env.PORT);', 'change'],
    ['const port = Number(process.env.PORT) || 3000;\nserver.listen(port);', 'change'],
  ])('%j: %s', async (code, verdict) => {
    expect(await about('listen', { 'server.js': code })).toHaveLength(verdict === 'change' ? 1 : 0);
  });
});

describe('advice about addresses and second servers', () => {
  const client = async (code: string, path: string): Promise<string | undefined> => {
    const files = { 'server.js': rightServer, 'index.html': `<script>\n${code}\n</script>` };
    return (await about('client-path', files, { path }))[0]?.suggestion;
  };

  it.each([
    [
      "io('http://localhost:3000')",
      '/chat',
      "path: new URL('socket.io', location.href).pathname, without http://localhost:3000",
    ],
    ["io('http://localhost:3000')", '/', 'io()'],
    ["io('http://localhost:3000/news')", '/', "io('/news')"],
    ["io('ws://127.0.0.1:8080', { transports: ['websocket'] })", '/', 'io()'],
    ["io(location.hostname + ':3001')", '/', 'io()'],
    ["io(location.hostname + ':3001')", '/chat', "io({ path: new URL('socket.io', location.href).pathname })"],
    ["io('https://chat.example.com')", '/chat', undefined],
    ["io(import.meta.env.PROD ? undefined : 'http://localhost:3000')", '/', undefined],
    ["io('/news')", '/', undefined],
  ])('%s at %s: %s', async (code, path, expected) => expect(await client(code, path)).toBe(expected));

  it('tells the socket.io server on a port of its own from the server on the pipe', async () => {
    const code = "const io = require('socket.io')(3001);\napp.listen(process.env.PORT);\n";
    expect(await about('listen', { 'server.js': code }, { path: '/' })).toEqual([
      expect.objectContaining({ line: 1, change: true, message: expect.stringContaining('A second server') }),
    ]);
  });
});

describe('advice about the routes of an express app', () => {
  const app = `const express = require('express');
const app = express();
app.get('/rooms', list);
const server = require('http').createServer(app);
const io = require('socket.io')(server, { path: process.env.virtualDirPath + '/socket.io' });
`;
  const catchAll = `<configuration><system.webServer><rewrite><rules>
<rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule>
</rules></rewrite></system.webServer></configuration>`;
  const socketOnly = catchAll
    .replace('name="all"><match url=".*" />', 'name="s"><match url="^socket\\.io(/|$)" />')
    .replace('<rewrite>', '<handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers><rewrite>');
  const routes = async (code: string, path = '/chat', webConfig = catchAll): Promise<string[]> =>
    (await adviceOn({ 'server.js': code, ...(webConfig && { 'web.config': webConfig }) }, { path }))
      .filter(({ topic }) => topic === 'routes' || topic === 'rewrite')
      .map(({ topic, line, suggestion = '' }) => `${topic} ${line} ${suggestion.slice(0, 55)}`);

  it('puts it below the vdir path where it meets the server', async () => {
    expect(await routes(app)).toEqual(["routes 4 express().use(process.env.virtualDirPath || '/', app) i"]);
    expect(await routes(app, '/')).toEqual([]);
    expect(await routes(app.replace("'/rooms'", "'/chat/rooms'"))).toEqual([]);
    const mounted = "(express().use(process.env.virtualDirPath || '/', app));";
    expect(await routes(app.replace('(app);', mounted))).toEqual([]);
  });

  it('asks for a rule where web.config sends its URLs nowhere', async () => {
    expect(await routes(app, '/', socketOnly)).toEqual([
      expect.stringMatching(/^rewrite 3 <rule> that sends every URL to server\.js/),
    ]);
    expect(await routes(app.replace("'/rooms'", "'/'"), '/', socketOnly)).toEqual([]);
    const files = app.replace("app.get('/rooms', list)", "app.use(express.static('public'))");
    expect(await routes(files, '/', socketOnly)).toHaveLength(1);
    // What init writes itself sends every URL to node.
    expect(await routes(app, '/', '')).toEqual([]);
  });

  it('mentions request.url where a plain http server reads it', async () => {
    const handler = "(req, res) => { if (req.url === '/') res.end(); }";
    const plain = `const http = require('http');\nhttp.createServer(${handler});\n`;
    expect(await routes(plain)).toEqual([expect.stringMatching(/^routes 2 /)]);
    expect(await routes(plain.replace("'/'", "process.env.virtualDirPath + '/'"))).toEqual([]);
    expect(await routes(plain.replace("'/'", "'/chat/'"))).toEqual([]);
  });
});

it('quotes the sources of what a build makes, once', async () => {
  const source =
    "import { Server } from 'socket.io';\nconst io: Server = new Server<A, B>(http);\nhttp.listen(3000);\n";
  const built = "const s = require('socket.io');\nconst io = new s.Server(http);\nhttp.listen(3000);\n";
  const files = { 'src/index.ts': source, 'dist/index.js': built };
  const aboutBuild = (scripts: object): Promise<string[]> =>
    briefly({ ...files, 'package.json': JSON.stringify({ scripts }) }, { entry: 'dist/index.js' });
  expect(await aboutBuild({ build: 'tsc' })).toEqual([
    'server-path | src/index.ts:2 | const io: Server = new Server<A, B>(http);',
    'listen | src/index.ts:3 | http.listen(3000);',
  ]);
  expect(await aboutBuild({})).toEqual([
    'server-path | dist/index.js:2 | const io = new s.Server(http);',
    'listen | dist/index.js:3 | http.listen(3000);',
  ]);
});
