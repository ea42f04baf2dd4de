import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { folderWith, talk } from '../scaffold/workspace.js';
import { init } from '../support/init.js';

const manifest = (more: object = {}): string =>
  JSON.stringify({ main: 'server.js', dependencies: { 'socket.io': '^4' }, ...more });
const serverWith = (code: string): string => `const http = require('http');
const server = http.createServer((request, response) => response.end(request.url));
require('socket.io')(server);
${code}
`;

/** What the doctor says of an app that the loader starts: rule and line, without that nothing is installed. */
async function saidOf(files: Record<string, string>, vdirPath = '/'): Promise<string[]> {
  const directory = folderWith({ 'package.json': manifest(), ...files });
  await init({ directory, path: vdirPath, loader: 'always' }, talk());
  return saidIn(directory);
}

async function saidIn(directory: string): Promise<string[]> {
  const { findings } = await diagnose('.', { cwd: directory });
  return findings
    .filter(({ rule }) => rule !== 'DEPENDENCIES_NOT_INSTALLED')
    .map(({ rule, line }) => `${rule} ${line ?? '-'}`);
}

describe('with the loader in place the doctor is quiet about what the loader does', () => {
  it.each([
    'server.listen(3000);',
    'server.listen(Number(process.env.PORT));',
    'server.listen({ port: process.env.PORT });',
    'if (require.main === module) server.listen(3000);',
    "require('cluster').fork();\nserver.listen(3000);",
    "require('https').createServer({}).listen(3000);",
    "server.listen(3000);\nnew (require('ws').Server)({ port: 4000 });",
  ])('%j, at the root and in a virtual directory', async (code) => {
    for (const vdirPath of ['/', '/chat']) {
      expect(await saidOf({ 'server.js': serverWith(code) }, vdirPath)).toEqual([]);
    }
  });

  it.each([
    ['first', "http.createServer((q, s) => s.writeHead(301, { Location: 'https://x' + q.url }).end()).listen(80);", ''],
    ['last', '', "http.createServer((q, s) => s.writeHead(301, { Location: 'https://x' + q.url }).end()).listen(80);"],
    [
      'on PORT',
      "const to = (q, s) => s.writeHead(301, { Location: 'https://x' }).end();http.createServer(to).listen(process.env.PORT);",
      '',
    ],
  ])('but says that a server which redirects to https is not the one that IIS serves: %s', async (_, before, after) => {
    const code = `const http = require('http'), https = require('https');
const server = https.createServer({}, (q, s) => s.end('app'));
require('socket.io')(server);
${before}
server.listen(443);
${after}`;
    const directory = folderWith({ 'package.json': manifest(), 'server.js': code });
    await init({ directory, path: '/', loader: 'always' }, talk());
    const { findings } = await diagnose('.', { cwd: directory });
    const said = findings.filter(({ rule }) => rule !== 'DEPENDENCIES_NOT_INSTALLED');
    expect(said.map(({ rule, line, severity }) => [rule, line, severity])).toEqual([
      ['FIXED_PORT', before ? 4 : 6, 'info'],
    ]);
    expect(said[0]?.message).toMatch(/redirects to https, so IIS serves the other one\.$/);
  });

  it.each([
    ['in a branch', 'if (cluster.isPrimary) net.createServer().listen(process.env.PORT);\nelse app.listen(0);'],
    [
      'in a function',
      'const lead = () => net.createServer().listen(process.env.PORT);\nif (!cluster.isWorker) lead(); else app.listen(0);',
    ],
    ['by its former name', 'if (cluster.isMaster) { net.createServer().listen(3000); } else { app.listen(0); }'],
  ])('and a server of the primary of a cluster does not listen: %s', async (_what, code) => {
    const head = "const cluster = require('cluster'), net = require('net'), app = require('http').createServer();\n";
    expect(await saidOf({ 'server.js': `${head}require('socket.io')(app);\n${code}\n` })).toEqual([]);
  });

  it('and a second server on any port cannot be named by it', async () => {
    const directory = folderWith({
      'package.json': manifest(),
      'server.js': serverWith('server.listen(3000);\nhttp.createServer().listen(0);'),
    });
    await init({ directory }, talk());
    const { findings } = await diagnose('.', { cwd: directory });
    const { fix, line } = findings.find(({ rule }) => rule === 'FIXED_PORT') ?? {};
    expect([line, fix]).toEqual([
      5,
      expect.stringMatching(/a number of its own here, and the same as port in iisnode-entry\.cjs$/),
    ]);
  });

  it('and takes a server with TLS for the one that IIS serves, but not before one on PORT', async () => {
    const both = (port: string): string => `const http = require('http');
http.createServer((q, s) => s.end('a page')).listen(${port});
require('https').createServer({}, (q, s) => s.end('app')).listen(443);`;
    expect(await saidOf({ 'server.js': both('80'), 'package.json': '{"main":"server.js"}' })).toEqual(['FIXED_PORT 2']);
    expect(await saidOf({ 'server.js': both('process.env.PORT'), 'package.json': '{"main":"server.js"}' })).toEqual([
      'FIXED_PORT 3',
    ]);
  });

  it('and not about certificates of clients, which end at IIS', async () => {
    const code = "require('https').createServer({ requestCert: true }).listen(3000);";
    expect(await saidOf({ 'server.js': serverWith(code) })).toEqual(['TLS_SERVER 4']);
  });

  it.each([
    ["require('child_process').fork('./app.js');", ['CLUSTER_FORKS 1', 'SOCKET_SERVER_NOT_FOUND -']],
    [
      "const { spawn } = require('node:child_process');\nspawn(process.execPath, [__dirname + '/app.js']);",
      ['CLUSTER_FORKS 2', 'SOCKET_SERVER_NOT_FOUND -'],
    ],
    [`${serverWith('server.listen(3000);')}require('child_process').fork('./app.js');`, []],
    ["require('child_process').fork('./other.js');", ['SOCKET_SERVER_NOT_FOUND -']],
  ])('and not about a server in a process of its own: %j', async (code, expected) => {
    const files = { 'server.js': code, 'app.js': serverWith('server.listen(3000);'), 'other.js': 'process.send(1);' };
    expect(await saidOf(files)).toEqual(expected);
  });

  const chooses = 'io=function(u,e){this.path=e.path||"/socket.io"};';
  it.each<[string, string, string, string, readonly string[]]>([
    ['below the site', 'vendor/socket.io.js', '/vendor/socket.io.js', chooses, []],
    ['beside the page', 'vendor/socket.io.min.js', 'vendor/socket.io.min.js?v=2', chooses, []],
    ['in the folder of the pages', 'public/js/socket.io-2.5.0.js', 'js/socket.io-2.5.0.js', chooses, []],
    ['of another name', 'vendor/io.js', '/vendor/io.js', chooses, ['SOCKET_PATH_MISMATCH_CLIENT 2']],
    ['of another program', 'vendor/socket.io.js', '/vendor/socket.io.js', 'io={};', ['SOCKET_PATH_MISMATCH_CLIENT 2']],
    ['of another host', 'x.js', 'https://cdn.example.com/socket.io.js', chooses, ['SOCKET_PATH_MISMATCH_CLIENT 2']],
  ])("a copy of the client script among the app's files: %s", async (_what, file, src, code, expected) => {
    const html = `<script src="${src}"></script>\n<script>io.connect();</script>`;
    const page = file.startsWith('public/') ? 'public/index.html' : 'index.html';
    const files = { 'server.js': serverWith('server.listen(3000);'), [page]: html, [file]: code };
    const said = await saidOf(files, '/chat');
    expect(said.filter((one) => one.startsWith('SOCKET_'))).toEqual(expected);
  });

  it('but not where IIS serves the copy itself', async () => {
    const directory = folderWith({
      'package.json': manifest(),
      'server.js': serverWith('server.listen(3000);'),
      'public/index.html': '<script src="socket.io.js"></script>\n<script>io.connect();</script>',
      'public/socket.io.js': chooses,
    });
    await init({ directory, path: '/chat', loader: 'always', static: ['public'] }, talk());
    expect(await saidIn(directory)).toContain('SOCKET_PATH_MISMATCH_CLIENT 2');
  });

  it('an ES module with top-level await', async () => {
    const server = "import http from 'node:http';\nawait 1;\nhttp.createServer().listen(3000);\n";
    expect(
      await saidOf({ 'package.json': manifest({ main: 'server.mjs', dependencies: {} }), 'server.mjs': server }),
    ).toEqual([]);
  });

  it('pages that load the client script from the root of the site and connect without a path', async () => {
    const page = '<script src="/socket.io/socket.io.js"></script><script src="/app.js"></script><script>io();</script>';
    const files = {
      'server.js': serverWith('server.listen(3000);'),
      'public/index.html': page,
      'public/app.js': 'io();',
    };
    expect(await saidOf(files, '/chat')).toEqual([]);
  });

  it.each([
    [
      'a text of the server',
      {
        'pages.js': `module.exports = '<script src="/socket.io/socket.io.js"></script><script src="/client.js"></script>';`,
      },
    ],
    ['a template of Pug', { 'views/index.pug': "script(src='/socket.io/socket.io.js')\nscript(src='/client.js')\n" }],
    [
      'the layout of another template',
      {
        'views/layout.ejs': '<script src="/socket.io/socket.io.js"></script>',
        'views/index.ejs': '<script src="/client.js"></script>',
      },
    ],
    [
      'a module of a page',
      {
        'public/client.js': '',
        'public/index.html':
          '<script type="module">import { io } from "/socket.io/socket.io.esm.min.js"; io();</script>',
      },
    ],
    [
      'a module of a page in a text of the server',
      {
        'public/client.js': '',
        'pages.js': `module.exports = '<script type="module">import { io } from "/socket.io/socket.io.esm.min.js"; io();</script>';`,
      },
    ],
    ['a module', { 'public/client.js': 'import { io } from "./socket.io/socket.io.esm.min.js";\nio();' }],
  ])('a client whose page loads the client script in %s', async (_, pages) => {
    const files = {
      'server.js': serverWith("require('./pages');\nserver.listen(3000);"),
      'pages.js': '',
      'public/client.js': 'io();',
      ...pages,
    };
    expect(await saidOf(files, '/chat')).toEqual([]);
  });
});

describe('and still says', () => {
  it.each([
    [
      'what a script requests from the root of the site',
      { 'public/index.html': "\n<script>fetch('/save');</script>" },
      'ROOT_ABSOLUTE_URL 2',
    ],
    [
      'what a file of the page imports from the root of the site',
      {
        'public/index.html': '<script type="module" src="main.js"></script>',
        'public/main.js': 'import { io } from "/socket.io/socket.io.esm.min.js";',
      },
      'ROOT_ABSOLUTE_URL 1',
    ],
    [
      'that a client in a bundle connects elsewhere',
      { 'client/src/socket.ts': "import { io } from 'socket.io-client';\nexport const socket = io();" },
      'SOCKET_PATH_MISMATCH_CLIENT 2',
    ],
    [
      "that a client connects to the visitor's own machine",
      {
        'public/index.html':
          "<script src='socket.io/socket.io.js'></script>\n<script>io('http://localhost:3000');</script>",
      },
      'SOCKET_PATH_MISMATCH_CLIENT 2',
    ],
  ])('%s', async (_, files, finding) => {
    expect(await saidOf({ 'server.js': serverWith('server.listen(3000);'), ...files }, '/chat')).toEqual([finding]);
  });

  it('that IIS serves one of two servers, and which one to name for the other', async () => {
    const code = 'server.listen(3000);\nhttp.createServer().listen(4000);';
    const directory = folderWith({ 'package.json': manifest(), 'server.js': serverWith(code) });
    await init({ directory }, talk());
    expect(await saidIn(directory)).toEqual(['FIXED_PORT 5']);
    const { findings } = await diagnose('.', { cwd: directory });
    expect(findings.find(({ rule }) => rule === 'FIXED_PORT')).toMatchObject({
      severity: 'info',
      message: expect.stringContaining('port 4000'),
      fix: expect.stringContaining('port: 4000 in iisnode-entry.cjs'),
    });
  });

  it('that a file is missing: what the loader loads, and its second file', async () => {
    const directory = folderWith({ 'package.json': manifest(), 'server.js': serverWith('server.listen(3000);') });
    await init({ directory, path: '/chat' }, talk());
    rmSync(path.join(directory, 'iisnode-vdir.cjs'));
    expect(await saidIn(directory)).toEqual(['ENTRY_FILE_MISSING -']);
    rmSync(path.join(directory, 'server.js'));
    writeFileSync(path.join(directory, 'lib.js'), '');
    const { findings } = await diagnose('.', { cwd: directory });
    expect(findings.filter(({ rule }) => rule === 'ENTRY_FILE_MISSING').map(({ message }) => message)).toEqual([
      expect.stringContaining('iisnode-vdir.cjs, which iisnode-entry.cjs loads'),
      expect.stringContaining('server.js, which iisnode-entry.cjs loads'),
    ]);
  });

  it('where the app keeps its own URLs (stripVdirPath), that its routes do not have the vdir path', async () => {
    const code = "const app = require('express')();\napp.get('/', list);\nhttp.createServer(app).listen(3000);\n";
    const directory = folderWith({ 'package.json': manifest(), 'server.js': `const http = require('http');\n${code}` });
    await init({ directory, path: '/chat' }, talk());
    expect(await saidIn(directory)).not.toContain('ROUTES_WITHOUT_VDIR_PATH 4');
    const config = path.join(directory, 'web.config');
    const text = readFileSync(config, 'utf8');
    writeFileSync(
      config,
      text.replace('<remove key="virtualDirPath" />', '<add key="stripVdirPath" value="false" />\n    $&'),
    );
    expect(await saidIn(directory)).toContain('ROUTES_WITHOUT_VDIR_PATH 4');
  });
});
