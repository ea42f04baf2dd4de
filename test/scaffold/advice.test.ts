import { describe, expect, it } from 'vitest';
import { adviseApp } from '../../src/scaffold/advice.js';
import type { Advice } from '../../src/scaffold/types.js';
import { folderWith } from './workspace.js';

/** One line for each piece of advice: topic, whether to change, place, code. */
function advice(files: Record<string, string>, vdirPath = '/chat'): string[] {
  return adviseApp(folderWith(files), { vdirPath }).map(brief);
}

const brief = ({ topic, change, file, line, code }: Advice): string =>
  [topic, change ? 'change' : 'good', file === undefined ? '-' : `${file}:${line}`, code ?? ''].join(' | ');

describe('advice about the server', () => {
  it('quotes a server without a path, which answers at /socket.io', () => {
    const server = "const { Server } = require('socket.io');\n\nconst io = new Server(server, { cors: {} });\n";
    expect(advice({ 'server.js': server })).toEqual([
      'server-path | change | server.js:3 | const io = new Server(server, { cors: {} });',
    ]);
    expect(advice({ 'server.js': server }, '/')).toEqual([
      'server-path | good | server.js:3 | const io = new Server(server, { cors: {} });',
    ]);
  });

  it.each([
    ["import { Server } from 'socket.io';\nnew Server(s, { path: '/chat/socket.io' });", 'good'],
    [
      "import { Server } from 'socket.io';\nnew Server(s, { path: process.env.virtualDirPath + '/socket.io' });",
      'good',
    ],
    ["import { Server } from 'socket.io';\nnew Server(s, { path: '/other/socket.io' });", 'change'],
    ["import { Server } from 'socket.io';\nnew Server(s, options);", 'change'],
    ["require('socket.io')(server);", 'change'],
    ["import { Server } from 'socket.io';\nconst path = '/chat/socket.io';\nnew Server(s, { path });", 'good'],
    [
      "import { Server } from 'socket.io';\nconst v = process.env.virtualDirPath;\nnew Server(s, { path: v + '/x' });",
      'good',
    ],
    ["const socketio = require('socket.io');\nsocketio(server, { 'path': '/chat/socket.io/' });", 'good'],
    ["const io = require('socket.io');\nio.listen(server);", 'change'],
  ])('%j: %s', (code, verdict) => {
    expect(advice({ 'server.js': code }).filter((line) => line.startsWith('server-path'))).toEqual([
      expect.stringContaining(`server-path | ${verdict} | server.js:`),
    ]);
  });

  it('says so when there is no socket.io server at all, also where an http server is', () => {
    expect(advice({ 'server.js': 'new http.Server().listen(process.env.PORT);\n' })).toEqual([
      'server-path | change | - | ',
      'listen | good | server.js:1 | new http.Server().listen(process.env.PORT);',
    ]);
  });

  it('reads TypeScript line by line', () => {
    const code =
      "import { Server } from 'socket.io';\nconst io: Server = new Server<A, B>(http, { path: '/chat/socket.io' });\n";
    expect(advice({ 'src/server.ts': code })[0]).toMatch(/^server-path \| good \| src\/server\.ts:2 \|/);
  });
});

describe('advice about the client', () => {
  const page = (script: string): Record<string, string> => ({
    'public/index.html': `<!doctype html>\n<script src="/socket.io/socket.io.js"></script>\n<script>\n  ${script}\n</script>\n`,
  });

  it('quotes the lines of a page: the client script and the call of io', () => {
    expect(advice(page('const socket = io();')).slice(1)).toEqual([
      'client-path | change | public/index.html:4 | const socket = io();',
      'client-script | change | public/index.html:2 | <script src="/socket.io/socket.io.js"></script>',
    ]);
  });

  it('finds nothing to change at the root of a site', () => {
    expect(advice(page('const socket = io();'), '/').slice(1)).toEqual([
      'client-path | good | public/index.html:4 | const socket = io();',
      'client-script | good | public/index.html:2 | <script src="/socket.io/socket.io.js"></script>',
    ]);
  });

  it.each([
    ["io({ path: '/chat/socket.io' });", 'good'],
    ["io('/news', { path: '/chat/socket.io' });", 'good'],
    ["io('/chat');", 'change'],
    ["const all = { path: '/chat/socket.io' }; io('/news', { ...all, auth: {} });", 'good'],
    ["const all = { path: '/chat/socket.io' }; io('/news', { ...all, path: '/socket.io' });", 'change'],
    ["io('/news', { ...all });", 'change'],
    ["io.connect('http://localhost:3000');", 'change'],
    ["io({ path: new URL('socket.io', location.href).pathname });", 'good'],
  ])('%j: %s', (code, verdict) => {
    expect(advice(page(code))[1]).toContain(`client-path | ${verdict} | public/index.html:4`);
  });

  it('passes over what was installed and what is minified', () => {
    expect(advice({ 'node_modules/x/index.js': 'io();', 'public/a.min.js': 'io();' })).toHaveLength(1);
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
  ])('%j: %s', (code, verdict) => {
    expect(advice({ 'server.js': code }).filter((line) => line.startsWith('listen'))).toEqual([
      expect.stringContaining(`listen | ${verdict} |`),
    ]);
  });
});

describe('advice about addresses and second servers', () => {
  const client = (code: string, vdirPath: string): string | undefined =>
    adviseApp(folderWith({ 'index.html': `<script>\n${code}\n</script>` }), { vdirPath })
      .filter(({ topic }) => topic === 'client-path')
      .map(({ change, suggestion }) => `${change ? 'change' : 'good'} ${suggestion ?? ''}`)[0];

  it.each([
    ["io('http://localhost:3000')", '/chat', "change io({ path: '/chat/socket.io' })"],
    ["io('http://localhost:3000')", '/', 'change io()'],
    ["io('ws://127.0.0.1:8080', { transports: ['websocket'] })", '/', 'change io()'],
    ["io(location.hostname + ':3001')", '/', 'change io()'],
    ["io('https://chat.example.com')", '/chat', undefined],
    ["io(import.meta.env.PROD ? undefined : 'http://localhost:3000')", '/', 'good '],
    ["io('/news')", '/', 'good '],
  ])('%s at %s: %s', (code, vdirPath, expected) => expect(client(code, vdirPath)).toBe(expected));

  it('tells the socket.io server on a port of its own from the server on the pipe', () => {
    const code = "const io = require('socket.io')(3001);\napp.listen(process.env.PORT);\n";
    expect(
      adviseApp(folderWith({ 'server.js': code }), { vdirPath: '/' }).filter(({ topic }) => topic === 'listen'),
    ).toEqual([
      expect.objectContaining({ line: 1, change: true, message: expect.stringContaining('a second server') }),
      expect.objectContaining({ line: 2, change: false }),
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
  const routes = (code: string, vdirPath = '/chat', reaches = true): string[] =>
    adviseApp(folderWith({ 'server.js': code }), { vdirPath, entry: 'server.js', reaches: () => reaches })
      .filter(({ topic }) => topic === 'routes' || topic === 'rewrite')
      .map(({ topic, line, suggestion = '' }) => `${topic} ${line} ${suggestion.slice(0, 55)}`);

  it('puts it below the vdir path where it meets the server', () => {
    expect(routes(app)).toEqual(["routes 4 express().use(process.env.virtualDirPath || '/', app) i"]);
    expect(routes(app, '/')).toEqual([]);
    expect(routes(app.replace("'/rooms'", "'/chat/rooms'"))).toEqual([]);
    expect(routes(app.replace('(app);', "(express().use(process.env.virtualDirPath || '/', app));"))).toEqual([]);
  });

  it('asks for a rule where web.config sends its URLs nowhere', () => {
    expect(routes(app, '/', false)).toEqual([expect.stringMatching(/^rewrite 3 <rule name="app">/)]);
    expect(routes(app.replace("'/rooms'", "'/'"), '/', false)).toEqual([]);
    expect(
      routes(app.replace("app.get('/rooms', list)", "app.use(express.static('public'))"), '/', false),
    ).toHaveLength(1);
  });

  it('speaks of request.url where a plain http server reads it', () => {
    const plain =
      "const http = require('http');\nhttp.createServer((req, res) => { if (req.url === '/') res.end(); });\n";
    expect(routes(plain)).toEqual(['routes 2 ']);
    expect(routes(`${plain}// virtualDirPath`)).toEqual([]);
  });
});

it('quotes the sources of what a build makes, once', () => {
  const source =
    "import { Server } from 'socket.io';\nconst io: Server = new Server<A, B>(http);\nhttp.listen(3000);\n";
  const built = "const s = require('socket.io');\nconst io = new s.Server(http);\nhttp.listen(3000);\n";
  const files = { 'src/index.ts': source, 'dist/index.js': built };
  const about = (scripts: readonly string[]): string[] =>
    adviseApp(folderWith(files), { vdirPath: '/chat', entry: 'dist/index.js', scripts }).map(brief);
  expect(about(['build'])).toEqual([
    'server-path | change | src/index.ts:2 | const io: Server = new Server<A, B>(http);',
    'listen | change | src/index.ts:3 | http.listen(3000);',
  ]);
  expect(about([])).toEqual([
    'server-path | change | dist/index.js:2 | const io = new s.Server(http);',
    'listen | change | dist/index.js:3 | http.listen(3000);',
  ]);
});
