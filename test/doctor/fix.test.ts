import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

const read = (directory: string, file: string): string => readFileSync(path.join(directory, file), 'utf8');

/** Lines of `after` that `before` has not, and the other way round, trimmed. */
function difference(before: string, after: string): { added: string[]; removed: string[] } {
  const lines = (text: string): string[] => text.split(/\r?\n/).map((line) => line.trim());
  const [old, now] = [lines(before), lines(after)];
  return { added: now.filter((line) => !old.includes(line)), removed: old.filter((line) => !now.includes(line)) };
}

/** Fixture, the file that changes, what comes, what goes: nothing else, comments and formatting stay. */
const cases: readonly [string, string, readonly string[], readonly string[]][] = [
  ['xml-space-before-declaration', 'web.config', [], []],
  ['duplicate-handler', 'web.config', [], []],
  ['duplicate-mime-map', 'web.config', ['<remove fileExtension=".json" />'], []],
  ['handler-missing', 'web.config', ['<add name="iisnode" path="server.js" verb="*" modules="iisnode" />'], []],
  [
    'handler-dot-slash',
    'web.config',
    ['<add name="iisnode" path="server.js" verb="*" modules="iisnode" />'],
    ['<add name="iisnode" path="./server.js" verb="*" modules="iisnode" />'],
  ],
  [
    'handler-without-module',
    'web.config',
    ['<add name="iisnode" path="server.js" verb="*" modules="iisnode" />'],
    ['<add name="iisnode" path="server.js" verb="*" />'],
  ],
  [
    'rewrite-target-unhandled',
    'web.config',
    ['<add name="iisnode-app" path="app.js" verb="*" modules="iisnode" />'],
    [],
  ],
  [
    'socket-rewrite-missing',
    'web.config',
    [
      '<rewrite>',
      '<rules>',
      '<rule name="socket.io" stopProcessing="true">',
      '<match url="^socket\\.io(/|$)" />',
      '<action type="Rewrite" url="server.js" />',
      '</rule>',
      '</rules>',
      '</rewrite>',
    ],
    [],
  ],
  [
    'socket-rewrite-leading-slash',
    'web.config',
    ['<match url="^socket\\.io(/|$)" />'],
    ['<match url="^/socket\\.io(/|$)" />'],
  ],
  ['socket-rewrite-unanchored', 'web.config', ['<match url="^socket\\.io(/|$)" />'], ['<match url="socket.io" />']],
  ['socket-rewrite-swallowed', 'web.config', [], []],
  [
    'socket-rewrite-without-stop',
    'web.config',
    ['<rule name="socket.io" stopProcessing="true">'],
    ['<rule name="socket.io">'],
  ],
  ['stream-not-flushed', 'web.config', ['<iisnode flushResponse="true" />'], []],
  [
    'stream-compressed',
    'web.config',
    ['<urlCompression doDynamicCompression="false" />'],
    ['<urlCompression doDynamicCompression="true" />'],
  ],
  [
    'concurrent-requests-none',
    'web.config',
    ['maxConcurrentRequestsPerProcess="20000"'],
    ['maxConcurrentRequestsPerProcess="0"'],
  ],
  ['processes-polling-by-default', 'web.config', ['nodeProcessStickySessions="true"'], []],
  [
    'processes-polling-named',
    'web.config',
    ['nodeProcessStickySessions="true"'],
    ['nodeProcessStickySessions="false"'],
  ],
  ['processes-by-yml', 'web.config', ['nodeProcessStickySessions="true"'], []],
  ['websocket-module-on', 'web.config', ['<webSocket enabled="false" />'], []],
  ['websocket-module-in-comment', 'web.config', ['<webSocket enabled="false" />'], []],
  ['websocket-module-explicit', 'web.config', ['<webSocket enabled="false" />'], ['<webSocket enabled="true" />']],
  ['port-fixed', 'server.js', ['server.listen(process.env.PORT || 3000);'], ['server.listen(3000);']],
  ['port-fixed-in-variable', 'server.js', ['const port = process.env.PORT || 8080;'], ['const port = 8080;']],
  [
    'socket-path-server-default',
    'server.js',
    [
      "const io = new Server(server, { path: (process.env.virtualDirPath || '/').replace(/\\/$/, '') + '/socket.io' });",
    ],
    ['const io = new Server(server);'],
  ],
  [
    'socket-path-client-default',
    'index.html',
    ["const socket = io({ path: new URL('socket.io', location.href).pathname });"],
    ['const socket = io();'],
  ],
  [
    'socket-path-client-script-from-root',
    'index.html',
    ['<script src="socket.io/socket.io.js"></script>'],
    ['<script src="/socket.io/socket.io.js"></script>'],
  ],
  [
    'socket-path-client-in-linked-script',
    'public/client.js',
    ["const options = { path: '/dante/socket.io', transports: ['websocket'] };"],
    ["const options = { transports: ['websocket'] };"],
  ],
  [
    'routes-without-vdir-path',
    'server.js',
    ["const server = http.createServer(express().use(process.env.virtualDirPath || '/', app));"],
    ['const server = http.createServer(app);'],
  ],
  ['routes-not-rewritten', 'web.config', ['<rule name="all to node" stopProcessing="true">', '<match url=".*" />'], []],
  ['websocket-in-other-case', 'web.config', ['<webSocket enabled="false" />'], ['<websocket enabled="false" />']],
  [
    'port-numeric',
    'server.js',
    ['server.listen(process.env.PORT || 3000);'],
    ['server.listen(Number(process.env.PORT) || 3000);'],
  ],
  [
    'port-numeric-in-variable',
    'server.js',
    ["const port = process.env.PORT || '3000';"],
    ["const port = parseInt(process.env.PORT || '3000', 10);"],
  ],
  [
    'wrong-server-listens',
    'server.js',
    ['server.listen(process.env.PORT || 3000);'],
    ['app.listen(process.env.PORT || 3000);'],
  ],
  ['port-fixed-in-module', 'lib/start.js', ['server.listen(process.env.PORT || 3000);'], ['server.listen(3000);']],
];

describe('--fix', () => {
  it.each(cases)('fixes %s and changes nothing else', async (name, file, added, removed) => {
    const cwd = copyOf(name);
    const before = read(cwd, file);
    const { findings, summary } = await diagnose('.', { cwd, fix: true });
    // What the fix takes of the server is an info.
    const left = added.some((line) => line.includes('nodeProcessStickySessions'))
      ? ['STICKY_SESSIONS_NEED_IISNODE']
      : [];
    expect(findings.map(({ rule }) => rule)).toEqual(left);
    expect(summary).toEqual({ errors: 0, warnings: 0, infos: left.length, fixed: 1, skipped: 0 });
    const after = read(cwd, file);
    expect(after).not.toBe(before);
    expect(difference(before, after)).toEqual({ added, removed });
    expect(after.match(/<!--.*?-->/g)).toEqual(before.match(/<!--.*?-->/g));
    expect((await diagnose('.', { cwd, fix: true })).summary.fixed).toBe(0);
    expect(read(cwd, file)).toBe(after);
  });

  it('fixes several faults of one file in one run, and counts each', async () => {
    const cwd = copyOf('everything-right');
    writeFileSync(
      path.join(cwd, 'web.config'),
      '\n<?xml version="1.0"?>\r\n<configuration>\r\n\t<system.webServer>\r\n\t</system.webServer>\r\n</configuration>\r\n',
    );
    const { findings, summary } = await diagnose('.', { cwd, fix: true });
    expect(findings).toEqual([]);
    expect(summary.fixed).toBe(4); // the XML, the handler, the rule, the module
    const after = read(cwd, 'web.config');
    expect(after).toContain('\r\n\t\t<webSocket enabled="false" />\r\n');
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('fixes every mapping that the server already has', async () => {
    const cwd = copyOf('duplicate-mime-map');
    const more = ['.woff', '.svg', '.css'].map((name) => `<mimeMap fileExtension="${name}" mimeType="text/plain" />`);
    const text = read(cwd, 'web.config').replace('<staticContent>', `<staticContent>${more.join('\n')}`);
    writeFileSync(path.join(cwd, 'web.config'), text);
    expect((await diagnose('.', { cwd, fix: true })).findings).toEqual([]);
    expect(read(cwd, 'web.config').match(/<remove fileExtension/g)).toHaveLength(4);
  });

  it('does not fix what --skip silences', async () => {
    const cwd = copyOf('port-fixed');
    const before = read(cwd, 'server.js');
    const { summary } = await diagnose('.', { cwd, fix: true, skip: ['FIXED_PORT'] });
    expect(summary).toMatchObject({ fixed: 0, skipped: 1 });
    expect(read(cwd, 'server.js')).toBe(before);
  });

  it.each([
    'xml-not-closed',
    'duplicate-handler-that-differs',
    'dante-2013',
    'socket-path-server-other',
    'port-beside',
  ])('does not guess where only the user can decide: %s', async (name) => {
    const cwd = copyOf(name);
    const before = await diagnose('.', { cwd });
    const after = await diagnose('.', { cwd, fix: true });
    const gone = name === 'dante-2013' ? 1 : 0; // the unanchored rule
    expect(after.summary.fixed).toBe(gone);
    expect(after.findings).toHaveLength(before.findings.length - gone);
  });

  it.each([
    ["io('http://localhost:3000')", "io({ path: new URL('socket.io', location.href).pathname })"],
    ["io('/news')", "io('/news', { path: new URL('socket.io', location.href).pathname })"],
    ['io({})', "io({ path: new URL('socket.io', location.href).pathname })"],
    [
      "io('//localhost:3000/', { transports: ['polling'] })",
      "io({ path: new URL('socket.io', location.href).pathname, transports: ['polling'] })",
    ],
    ['io(address)', "io(address, { path: new URL('socket.io', location.href).pathname })"],
    ['io(options())', 'io(options())'],
    ['io(address, options)', 'io(address, options)'],
    ["io(location.hostname + ':3001')", "io(location.hostname + ':3001')"],
  ])('makes of the client %s: %s', async (before, after) => {
    const cwd = copyOf('socket-path-client-default');
    const page = read(cwd, 'index.html');
    writeFileSync(path.join(cwd, 'index.html'), page.replace('io()', before));
    await diagnose('.', { cwd, fix: true });
    expect(read(cwd, 'index.html')).toBe(page.replace('io()', after));
  });

  it.each([
    ["app.use(express.static('public'));", 'index.html', 'socket.io'],
    [
      "app.use(process.env.virtualDirPath || '/', express.static(path.join(__dirname, 'public')));",
      'a.html',
      'socket.io',
    ],
    ["app.use(express.static(__dirname + '/public'));", 'admin/index.html', '../socket.io'],
    ["app.use('/files', express.static('public'));", 'index.html', undefined],
    ['', 'index.html', undefined],
  ])('takes the path from the page where %s tells at which URL public/%s is', async (use, page, relative) => {
    const cwd = copyOf('socket-path-client-default');
    const from = path.join(cwd, 'index.html');
    const to = path.join(cwd, 'public', page);
    mkdirSync(path.dirname(to), { recursive: true });
    renameSync(from, to);
    const server = read(cwd, 'server.js');
    const app = `const express = require('express');\nconst path = require('path');\nconst app = express();\n${use}\n`;
    writeFileSync(path.join(cwd, 'server.js'), app + server);
    await diagnose('.', { cwd, fix: true, only: ['SOCKET_PATH_MISMATCH_CLIENT'] });
    const wanted = relative === undefined ? "'/dante/socket.io'" : `new URL('${relative}', location.href).pathname`;
    expect(readFileSync(to, 'utf8')).toContain(`io({ path: ${wanted} })`);
  });

  it.each([
    ['+process.env.PORT', 'process.env.PORT'],
    ['Number(process.env.PORT||3000)', 'process.env.PORT||3000'],
    ['Number(process.env.PORT || 0) || 3000', '(process.env.PORT || 0) || 3000'],
    ['parseInt(process.env.PORT, 10) || 3000', 'process.env.PORT || 3000'],
    // A pipe's name as the option `port` throws ERR_SOCKET_BAD_PORT, so that nothing is gained by an edit.
    ['{ port: Number(process.env.PORT) }', '{ port: Number(process.env.PORT) }'],
    ['Math.floor(process.env.PORT)', 'Math.floor(process.env.PORT)'],
    ['process.env.PORT || Number(process.env.OTHER)', 'process.env.PORT || Number(process.env.OTHER)'],
  ])('makes of listen(%s): listen(%s)', async (before, after) => {
    const cwd = copyOf('port-fixed');
    const server = read(cwd, 'server.js');
    writeFileSync(path.join(cwd, 'server.js'), server.replace('listen(3000)', `listen(${before})`));
    await diagnose('.', { cwd, fix: true });
    expect(read(cwd, 'server.js')).toContain(`listen(${after})`);
  });

  it('leaves what a build makes to the build, and text that is not UTF-8 as it is', async () => {
    const built = copyOf('socket-path-server-default');
    writeFileSync(
      path.join(built, 'package.json'),
      '{ "scripts": { "build": "tsc" }, "dependencies": { "socket.io": "4" } }',
    );
    mkdirSync(path.join(built, 'dist'));
    renameSync(path.join(built, 'server.js'), path.join(built, 'dist', 'server.js'));
    writeFileSync(
      path.join(built, 'web.config'),
      read(built, 'web.config').replaceAll('"server.js"', '"dist/server.js"'),
    );
    expect((await diagnose('.', { cwd: built, fix: true })).summary).toMatchObject({ errors: 1, fixed: 0 });
    const latin = copyOf('port-fixed');
    const bytes = Buffer.concat([
      Buffer.from('// gr\xfc\xdfe\n', 'latin1'),
      readFileSync(path.join(latin, 'server.js')),
    ]);
    writeFileSync(path.join(latin, 'server.js'), bytes);
    expect((await diagnose('.', { cwd: latin, fix: true })).summary).toMatchObject({ errors: 1, fixed: 0 });
    expect(readFileSync(path.join(latin, 'server.js'))).toEqual(bytes);
  });

  it('keeps the byte-order mark and the encoding', async () => {
    const cwd = copyOf('websocket-module-on');
    const text = read(cwd, 'web.config').replace('utf-8', 'utf-16');
    writeFileSync(path.join(cwd, 'web.config'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect((await diagnose('.', { cwd, fix: true })).summary.fixed).toBe(1);
    const bytes = readFileSync(path.join(cwd, 'web.config'));
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xfe]);
    expect(bytes.toString('utf16le')).toContain('<webSocket enabled="false" />');
  });
});
