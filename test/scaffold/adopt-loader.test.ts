import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { stampedLoader } from '../../src/scaffold/loader-file.js';
import type { InitOptions, InitResult } from '../../src/scaffold/types.js';
import { readLoaderText } from '../../src/source/index.js';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const manifest = (more: object = {}): string =>
  JSON.stringify({ main: 'server.js', dependencies: { 'socket.io': '^4' }, ...more }, undefined, 2);
const serverWith = (listen: string): string => `const http = require('http');
const server = http.createServer();
require('socket.io')(server);
${listen}
`;
const proven = serverWith('server.listen(process.env.PORT || 3000);');
/** It has no sockets, which are a reason for the loader by themselves. */
const plain = proven.replace("require('socket.io')(server);\n", '');

const adopt = (directory: string, options: Partial<InitOptions> = {}): Promise<InitResult> =>
  init({ directory, ...options }, talk());

/** The reasons as init shows them. */
async function reasonsFor(files: Record<string, string>, options: Partial<InitOptions> = {}): Promise<string[]> {
  const { loader } = await adopt(folderWith({ 'package.json': manifest(), ...files }), { dryRun: true, ...options });
  expect(loader?.used).toBe(loader?.reasons.length !== 0);
  return loader?.reasons.map(({ says, file, line }) => [says, file, line].filter(Boolean).join(':')) ?? [];
}

const loaderOf = (directory: string): string => readFileSync(path.join(directory, 'iisnode-entry.cjs'), 'utf8');
const settingsOf = (directory: string): Record<string, unknown> => {
  const read = readLoaderText({ file: 'iisnode-entry.cjs', text: loaderOf(directory) });
  return Object.fromEntries([...(read?.settings ?? [])].map(([name, { value }]) => [name, value]));
};

const pageWith = (listen: string): string =>
  `const http = require('http');\nconst server = http.createServer((request, response) => response.end('page'));\n${listen}\n`;
const ofSockets = 'only the loader closes its sockets when the process is replaced';

describe('whether an app needs the loader', () => {
  it.each([
    ['process.env.PORT', 'server.listen(process.env.PORT);'],
    ['process.env.PORT and a host', "server.listen(process.env.PORT || 3000, '0.0.0.0', () => {});"],
    ['the option path', 'server.listen({ path: process.env.PORT });'],
    ['a name for the port', 'const port = process.env.PORT ?? 3000;\nserver.listen(port);'],
    [
      'what is a number only without a pipe',
      'const n = Number(process.env.PORT);\nserver.listen(isNaN(n) ? process.env.PORT : n);',
    ],
    [
      'process.env.PORT as the port of hapi',
      "require('@hapi/hapi').server({ port: process.env.PORT || 3000 }).start();",
    ],
  ])('without sockets it goes without where the app listens on %s', async (_, listen) => {
    expect(await reasonsFor({ 'server.js': pageWith(listen) })).toEqual([]);
  });

  it.each([
    ["require('socket.io')(server);", '4'],
    ["new (require('ws').WebSocketServer)({ server });", '4'],
    ["const { WebSocketServer } = require('ws');\nnew WebSocketServer({ server });", '4'],
    ["require('sockjs').createServer().installHandlers(server);", '4'],
    ["require('express-ws')(app, server);", '4'],
  ])('with sockets has that as its only reason: %s', async (code, line) => {
    const files = { 'server.js': pageWith(`server.listen(process.env.PORT);\n${code}`) };
    expect(await reasonsFor(files)).toEqual([`${ofSockets}:server.js:${line}`]);
    const webConfig = `<configuration><system.webServer>
      <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
    </system.webServer></configuration>`;
    expect(await reasonsFor({ ...files, 'web.config': webConfig })).toEqual([]);
  });

  it.each([
    'io.listen(process.env.PORT || 3000);',
    'io.attach(process.env.PORT);',
    'new Server(process.env.PORT, { cors: {} });',
    'const { PORT = 3000 } = process.env; io.listen(PORT);',
    'const config = { port: process.env.PORT }; io.listen(config.port);',
  ])('socket.io takes no pipe for a port: %s', async (code) => {
    const server = `const { Server } = require('socket.io');\nconst io = new Server();\n${code}\n`;
    const reason = 'gives PORT to socket.io, which listens on numbers only:server.js:3';
    expect(await reasonsFor({ 'server.js': server })).toEqual([reason]);
  });

  it.each([
    "require('socket.io')(http.createServer(app).listen(process.env.PORT));",
    'new Server(process.env.TLS ? https.createServer(app) : http.createServer(app));',
    'new Server(made(process.env.PORT));',
    'const hapi = Hapi.server({ port: process.env.PORT || 3000 }); new Server(hapi.listener);',
    'const app = createApp({ port: process.env.PORT }); new Server(app.server);',
  ])('a server is not a port: %s', async (code) => {
    const start = `const { Server } = require('socket.io');\nconst http = require('http');\nconst https = require('https');\n`;
    const found = await reasonsFor({ 'server.js': `${start}${code}\n` });
    expect(found.filter((reason) => reason.startsWith('gives PORT'))).toEqual([]);
  });

  it('an app that only polls has no sockets to close', async () => {
    const code = "require('socket.io')(server, { transports: ['polling'] });\nserver.listen(process.env.PORT);";
    expect(await reasonsFor({ 'server.js': pageWith(code) })).toEqual([]);
  });

  it('no file is named that is not there yet', async () => {
    const scripts = { start: 'node dist/server.js', build: 'esbuild' };
    expect(await reasonsFor({ 'package.json': manifest({ main: undefined, scripts }) })).toEqual([
      'does not show that it listens on process.env.PORT before dist/server.js is built',
      'has its entry point in a folder below: dist/server.js',
    ]);
  });

  it('io.attach(server) and io.listen(server) are no ports', async () => {
    const server = `const io = new (require('socket.io').Server)();
const server = require('http').createServer();
io.attach(server);
server.listen(process.env.PORT);
`;
    expect(await reasonsFor({ 'server.js': server })).toEqual([`${ofSockets}:server.js:1`]);
    const fixed = server.replace('attach', 'listen').replace('process.env.PORT', '3000');
    expect(await reasonsFor({ 'server.js': fixed })).toEqual(['listens on a fixed port:server.js:4']);
  });

  it.each([
    [
      "require('fastify')().listen(process.env.PORT, '0.0.0.0');",
      "gives PORT to fastify's listen(), which takes numbers only",
    ],
    ['server.listen(process.env.PORT * 1);', 'makes a number of PORT'],
    ['server.listen(process.env.PORT | 0);', 'makes a number of PORT'],
    ['server.listen(process.env.PORT ? parseInt(process.env.PORT, 10) : 3000);', 'makes a number of PORT'],
    ["require('@hapi/hapi').server({ port: 3000 }).start();", 'listens on a fixed port'],
    ["require('@hapi/hapi').server({ port: +process.env.PORT || 3000 }).start();", 'makes a number of PORT'],
  ])('the name of a pipe does not do in %s', async (code, reason) => {
    expect(await reasonsFor({ 'server.js': pageWith(code) })).toEqual([`${reason}:server.js:3`]);
  });

  it.each([
    'app.get("/", (req, res) => res.send(req.ip));',
    'app.use((ctx) => { ctx.body = ctx.request.ips; });',
    'server.on("connection", (socket) => log(socket.remoteAddress.split(":")));',
    'io.on("connection", (socket) => log(socket.handshake.address));',
    'app.use((request) => { const { ip } = request; log(ip); });',
    'app.use(require("express-rate-limit")({ limit: 10 }));',
  ])('code that asks for the address of the client: %s', async (code) => {
    const files = { 'server.js': pageWith(`${code}\nserver.listen(process.env.PORT);`) };
    const reason = 'asks for the address of the client, which a pipe does not have:server.js:3';
    expect(await reasonsFor(files)).toEqual([reason]);
  });

  it.each([
    'app.use(require("morgan")(":remote-addr :url"));',
    'const { ip } = require("./config.json");',
    'config.ip;',
  ])('other addresses are no reason: %s', async (code) => {
    expect(await reasonsFor({ 'server.js': pageWith(`${code}\nserver.listen(process.env.PORT);`) })).toEqual([]);
  });

  it.each([
    ['server.listen(3000);', 'listens on a fixed port:server.js:4'],
    ["server.listen('3000');", 'listens on a fixed port:server.js:4'],
    ['server.listen({ port: 3000 });', 'listens on a fixed port:server.js:4'],
    ['server.listen(Number(process.env.PORT) || 3000);', 'makes a number of PORT:server.js:4'],
    ['server.listen({ port: process.env.PORT });', 'gives PORT to listen() as an option:server.js:4'],
    ['if (require.main === module) server.listen(process.env.PORT);', 'listens only as the main module:server.js:4'],
    ['require("framework")(server);', 'does not show that it listens on process.env.PORT:server.js:1'],
    ["require('cluster').fork();\nserver.listen(process.env.PORT);", 'starts worker processes (cluster):server.js:4'],
  ])('%j', async (listen, reason) => {
    expect(await reasonsFor({ 'server.js': serverWith(listen) })).toEqual([reason]);
  });

  it.each([
    [
      'an ES module',
      { 'server.mjs': "import http from 'node:http';\nhttp.createServer().listen(process.env.PORT);\n" },
      { main: 'server.mjs' },
      ['is an ES module:server.mjs:1'],
    ],
    [
      'an https server',
      { 'server.js': "const https = require('https');\nhttps.createServer({}).listen(process.env.PORT);\n" },
      {},
      ['has an https server:server.js:2'],
    ],
    [
      'an entry in a subfolder',
      { 'bin/www': proven },
      { main: 'bin/www' },
      ['has its entry point in a folder below:bin/www:1'],
    ],
    [
      "the start script's variables and -r",
      { 'server.js': proven, 'pre.js': '' },
      { scripts: { start: 'cross-env NODE_ENV=production node -r ./pre.js server.js' } },
      ['its start script sets NODE_ENV:package.json:7', 'its start script loads ./pre.js first:package.json:7'],
    ],
    [
      'a NestJS gateway with a port',
      {
        'package.json': manifest({ main: 'dist/main.js', scripts: { build: 'nest build' } }),
        'tsconfig.json': '{ "compilerOptions": { "outDir": "./dist", "rootDir": "./src" } }',
        'src/main.ts': "import './desk';\nimport { app } from './app';\napp.listen(process.env.PORT ?? 3000);\n",
        'src/app.ts': "import { NestFactory } from '@nestjs/core';\nexport const app = NestFactory.create();\n",
        'src/desk.ts':
          "import { WebSocketGateway } from '@nestjs/websockets';\n@WebSocketGateway(8085)\nexport class Desk {}\n",
        'dist/main.js': "require('./desk'); require('./app').app.listen(process.env.PORT ?? 3000);\n",
        'dist/desk.js': '',
        'dist/app.js': '',
      },
      undefined,
      [
        'has a gateway on a port of its own, 8085:src/desk.ts:2',
        'has its entry point in a folder below:dist/main.js:1',
      ],
    ],
  ])('%s', async (_, files, more, reasons) => {
    expect(await reasonsFor({ ...(more && { 'package.json': manifest(more) }), ...files })).toEqual(reasons);
  });

  it.each([
    [
      'knows it from the environment',
      "const base = process.env.virtualDirPath;\nhttp.createServer(express().use(base || '/', app)).listen(process.env.PORT);",
      [],
    ],
    [
      'has it in its text',
      "const base = '/chat'.replace(/x/, '');\nhttp.createServer(handler(base)).listen(process.env.PORT);",
      [],
    ],
    [
      'has a handler from elsewhere',
      "http.createServer(require('./handler')).listen(process.env.PORT);",
      ['does not show that it knows the vdir path /chat'],
    ],
    [
      'has routes at /',
      "app.get('/', list);\nhttp.createServer(app).listen(process.env.PORT);",
      ['has routes without the vdir path:server.js:5'],
    ],
    [
      'takes one of two from the environment',
      "app.get('/', list);\nrequire('socket.io')(http.createServer(app).listen(process.env.PORT), { path: process.env.virtualDirPath });",
      ['has routes without the vdir path:server.js:5'],
    ],
  ])('in a virtual directory an app that %s', async (_, code, reasons) => {
    const server = `const http = require('http');\nconst express = require('express');\nconst app = express();\n${code}\n`;
    expect(await reasonsFor({ 'server.js': server, 'handler.js': '' }, { path: '/chat' })).toEqual(reasons);
  });

  it('it is a reason that the port of a minified bundle does not lead to PORT', async () => {
    const bundle = (port: string, more = '') =>
      `var h=require("http"),a={port:${port}};${more}${'function x(b){return b+b+b}'.repeat(200)}h.createServer().listen(a.port);\n`;
    const unsure = 'does not show that it listens on process.env.PORT:server.js:1';
    const sure = 'makes a number of PORT:server.js:1';
    // What gets the object may change it; another one of the same name is none of it.
    expect(await reasonsFor({ 'server.js': bundle('+process.env.PORT||3e3', 'z(a);') })).toEqual([unsure]);
    const other = 'function y(a){z(a)}';
    expect(await reasonsFor({ 'server.js': bundle('+process.env.PORT||3e3', other) })).toEqual([sure]);
    expect(await reasonsFor({ 'server.js': bundle('+process.env.PORT||3e3') })).toEqual([sure]);
    expect(await reasonsFor({ 'server.js': bundle('process.env.PORT||3e3') })).toEqual([]);
  });

  it('it goes without where web.config already runs the app and nothing is certain to fail', async () => {
    const webConfig = `<configuration><system.webServer>
    <handlers><add name="iisnode" path="bin/www" verb="*" modules="iisnode" /></handlers>
  </system.webServer></configuration>`;
    const files = { 'package.json': manifest({ main: 'bin/www' }), 'web.config': webConfig };
    expect(await reasonsFor({ ...files, 'bin/www': serverWith('require("framework")(server);') })).toEqual([]);
    expect(await reasonsFor({ ...files, 'bin/www': serverWith('server.listen(80);') })).toEqual([
      'listens on a fixed port:bin/www:4',
    ]);
  });

  it('the user decides with --loader', async () => {
    const fixed = folderWith({ 'package.json': manifest(), 'server.js': serverWith('server.listen(3000);') });
    expect(await adopt(fixed, { loader: 'never', dryRun: true })).toMatchObject({
      loader: { used: false },
      files: [{ file: 'web.config' }],
      advice: [{ topic: 'listen' }],
    });
    const right = folderWith({ 'package.json': manifest(), 'server.js': plain });
    expect(await adopt(right, { loader: 'always', dryRun: true })).toMatchObject({
      loader: { used: true, reasons: [] },
    });
    await expect(adopt(right, { loader: 'maybe' })).rejects.toMatchObject({ code: 'LOADER_INVALID' });
  });
});

describe('where an adopted app is', () => {
  it('at / by default; --path and web.config change it', async () => {
    const folder = folderWith({ 'package.json': manifest(), 'server.js': proven });
    expect(await adopt(folder)).toMatchObject({ vdirPath: '/' });
    expect(await adopt(folder, { path: '/chat' })).toMatchObject({ vdirPath: '/chat' });
    expect(await adopt(folder)).toMatchObject({ vdirPath: '/chat', nothingToDo: true });
  });

  it('on a terminal / is what the question offers', async () => {
    const folder = folderWith({ 'package.json': manifest(), 'server.js': proven });
    const someone = talk({ '--path': '/' });
    await init({ directory: folder }, someone);
    expect(someone.questions).toMatchObject([{ flag: '--path', initial: '/' }]);
  });
});

describe('the loader in an app', () => {
  const fixed = { 'package.json': manifest(), 'server.js': serverWith('server.listen(3000);') };

  it('is one file that web.config gives to iisnode, and the code stays as it is', async () => {
    const folder = folderWith(fixed);
    const result = await adopt(folder);
    expect(result.files).toEqual([
      { file: 'iisnode-entry.cjs', action: 'created' },
      { file: 'web.config', action: 'created' },
    ]);
    expect(result).toMatchObject({ entry: 'server.js', advice: [], findings: [] });
    const { 'web.config': webConfig = '', ...texts } = textsIn(folder);
    expect(texts).toMatchObject(fixed);
    expect(webConfig).toContain('<add name="iisnode" path="iisnode-entry.cjs" verb="*" modules="iisnode" />');
    expect(webConfig).toContain('<action type="Rewrite" url="iisnode-entry.cjs" />');
    expect(webConfig).not.toContain('server.js');
    expect(settingsOf(folder)).toMatchObject({
      entry: 'server.js',
      vdirPath: '/',
      enableXFF: true,
      watchedFiles: '*.js;*.cjs;*.mjs;iisnode.yml',
      gracefulShutdownTimeout: 5000,
    });
    expect((await diagnose('.', { cwd: folder })).findings.map(({ rule }) => rule)).toEqual([
      'DEPENDENCIES_NOT_INSTALLED',
    ]);
  });

  it('has its second file in a virtual directory', async () => {
    const folder = folderWith(fixed);
    const { files } = await adopt(folder, { path: '/chat' });
    expect(files.map(({ file }) => file)).toEqual(['iisnode-entry.cjs', 'iisnode-vdir.cjs', 'web.config']);
    expect(settingsOf(folder)).toMatchObject({ vdirPath: '/chat', stripVdirPath: true });
  });

  it('loses its second file when the app goes to a site of its own', async () => {
    const folder = folderWith(fixed);
    await adopt(folder, { path: '/chat' });
    const { files } = await adopt(folder, { path: '/' });
    expect(files).toContainEqual({ file: 'iisnode-vdir.cjs', action: 'removed' });
    expect(existsSync(path.join(folder, 'iisnode-vdir.cjs'))).toBe(false);
    expect(readdirSync(folder).filter((name) => /\.(old|tmp)$/.test(name))).toEqual([]);
    expect(await adopt(folder)).toMatchObject({ nothingToDo: true, vdirPath: '/' });
    expect((await diagnose('.', { cwd: folder })).summary.errors).toBe(0);
  });

  it.each([
    ['a person changed it', (text: string) => `${text}// mine\n`],
    ['it is another file', () => 'module.exports = 1;\n'],
  ])('keeps a second file where %s', async (_, change) => {
    const folder = folderWith(fixed);
    await adopt(folder, { path: '/chat' });
    const file = path.join(folder, 'iisnode-vdir.cjs');
    const changed = change(readFileSync(file, 'utf8'));
    writeFileSync(file, changed);
    const { files } = await adopt(folder, { path: '/' });
    expect(files.map((each) => each.file)).not.toContain('iisnode-vdir.cjs');
    expect(readFileSync(file, 'utf8')).toBe(changed);
  });

  it('knows what the start script tells node', async () => {
    const scripts = {
      start: 'npm run go',
      go: 'NODE_ENV=production DEBUG="a b" PORT=80 node -r ./pre.js --env-file=.env --import ./up.mjs server.js --fast',
    };
    const folder = folderWith({ ...fixed, 'package.json': manifest({ scripts }), 'pre.js': '' });
    await adopt(folder);
    expect(settingsOf(folder)).toMatchObject({
      entry: 'server.js',
      args: ['--fast'],
      root: '.',
      env: { NODE_ENV: 'production', DEBUG: 'a b' },
      envFiles: ['.env'],
      requires: ['./pre.js'],
      imports: ['./up.mjs'],
    });
  });

  it('runs an entry point below in the root of the app, and has iisnode watch its folder', async () => {
    const folder = folderWith({
      'package.json': manifest({ main: 'lib/deep/server.js' }),
      'lib/deep/server.js': serverWith('server.listen(3000);'),
    });
    await adopt(folder);
    expect(settingsOf(folder)).toMatchObject({
      entry: 'lib/deep/server.js',
      root: '.',
      watchedFiles: '*.js;*.cjs;*.mjs;lib\\deep\\*.js;iisnode.yml',
    });
  });

  it.each([
    ['src/boot.mjs', 'src\\*.js;src\\*.mjs'],
    ['src/boot.cjs', 'src\\*.js;src\\*.cjs'],
    ['bin/www', 'bin\\*.js;bin\\www'],
    ['www', 'www'],
    ['src/main.mts', 'src\\*.js;src\\*.ts;src\\*.mts'],
  ])('has iisnode watch the entry point %s', async (entry, watched) => {
    const text = serverWith('server.listen(3000);');
    const folder = folderWith({ 'package.json': manifest({ scripts: { start: `node ${entry}` } }), [entry]: text });
    await adopt(folder, { entry });
    const { watchedFiles } = settingsOf(folder) as { watchedFiles: string };
    expect(watchedFiles.replace('*.js;*.cjs;*.mjs;', '').replace('*.ts;', '')).toBe(`${watched};iisnode.yml`);
  });

  it('has iisnode watch a folder that only the build creates', async () => {
    const folder = folderWith({
      'package.json': manifest({
        scripts: { build: 'tsc', start: 'node dist/main/server.js' },
      }),
      'tsconfig.json': '{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }',
      'src/main/server.ts': serverWith('server.listen(3000);'),
    });
    await adopt(folder);
    expect(settingsOf(folder)).toMatchObject({ watchedFiles: '*.js;*.cjs;*.mjs;dist\\main\\*.js;iisnode.yml' });
    const rules = (await diagnose('.', { cwd: folder })).findings.map(({ rule }) => rule);
    expect(rules).toContain('ENTRY_NOT_BUILT');
    expect(rules).not.toContain('WATCHED_ENTRY_INERT');
  });

  it('takes the place of the entry point in a web.config that is there, and gives it back', async () => {
    const webConfig = `<configuration>
  <location path="server.js"><system.webServer><urlCompression doDynamicCompression="false" /></system.webServer></location>
  <system.webServer>
    <handlers><add name="mine" path="server.js,admin.js" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules>
      <rule name="logs"><match url="^logs/(.*)" /><action type="Rewrite" url="logs/{R:1}" /></rule>
      <rule name="all"><match url=".*" /><action type="Rewrite" url="/server.js?x={R:0}" /></rule>
    </rules></rewrite>
  </system.webServer>
</configuration>
`;
    const folder = folderWith({ ...fixed, 'web.config': webConfig });
    await adopt(folder);
    const patched = readFileSync(path.join(folder, 'web.config'), 'utf8');
    expect(patched).toContain('path="iisnode-entry.cjs,admin.js"');
    expect(patched).toContain('url="/iisnode-entry.cjs?x={R:0}"');
    expect(patched).toContain('url="logs/{R:1}"');
    expect(patched).toContain('<location path="iisnode-entry.cjs">');
    expect(patched.match(/modules="iisnode"/g)).toHaveLength(1);
    expect(await adopt(folder)).toMatchObject({ nothingToDo: true, entry: 'server.js' });

    await adopt(folder, { loader: 'never' });
    const back = readFileSync(path.join(folder, 'web.config'), 'utf8');
    expect(back).toContain('path="server.js,admin.js"');
    expect(back).toContain('url="/server.js?x={R:0}"');
    expect(back).not.toContain('iisnode-entry.cjs');
  });

  it('stays when the code no longer needs it', async () => {
    const folder = folderWith(fixed);
    await adopt(folder);
    writeFileSync(path.join(folder, 'server.js'), plain);
    expect(await adopt(folder)).toMatchObject({ nothingToDo: true, loader: { used: true, reasons: [] } });
  });

  it('a second init changes nothing, also with CRLF for line ends', async () => {
    const folder = folderWith(fixed);
    await adopt(folder);
    const file = path.join(folder, 'iisnode-entry.cjs');
    writeFileSync(file, loaderOf(folder).replaceAll('\n', '\r\n'));
    expect(await adopt(folder)).toMatchObject({ nothingToDo: true, notes: [] });
  });

  it('follows the app where its settings are unchanged', async () => {
    const folder = folderWith(fixed);
    await adopt(folder);
    writeFileSync(
      path.join(folder, 'package.json'),
      manifest({ scripts: { start: 'NODE_ENV=production node server.js' } }),
    );
    await adopt(folder);
    expect(settingsOf(folder)).toMatchObject({ env: { NODE_ENV: 'production' } });
  });

  it('keeps the settings that the user changed, unless the command line asks for others', async () => {
    const folder = folderWith({ ...fixed, 'other.js': serverWith('server.listen(4000);') });
    await adopt(folder);
    const file = path.join(folder, 'iisnode-entry.cjs');
    const edited = loaderOf(folder)
      .replace('clusterWorker: true,', 'clusterWorker: false, // as we want it')
      .replace('env: {},', "env: { MODE: process.env.COMPUTERNAME ?? 'x' },");
    writeFileSync(file, edited);
    const again = await adopt(folder);
    expect(again).toMatchObject({ notes: [expect.stringContaining('env, clusterWorker')] });
    expect(loaderOf(folder)).toContain("env: { MODE: process.env.COMPUTERNAME ?? 'x' },");
    expect(settingsOf(folder)).toMatchObject({ clusterWorker: false });
    await adopt(folder, { entry: 'other.js' });
    expect(settingsOf(folder)).toMatchObject({ clusterWorker: false, entry: 'other.js' });
    expect(await adopt(folder)).toMatchObject({ nothingToDo: true, entry: 'other.js' });
  });

  it('is brought up to date while its code is as init wrote it', async () => {
    const folder = folderWith(fixed);
    await adopt(folder);
    const ours = loaderOf(folder);
    const older = ours
      .replace('// iisnode-sock loader 1', '// iisnode-sock loader 0')
      .replace("'use strict';", "'use strict'; // old");
    writeFileSync(path.join(folder, 'iisnode-entry.cjs'), stampedLoader('iisnode-entry.cjs', older));
    expect(await adopt(folder)).toMatchObject({ files: [{ action: 'changed' }, { action: 'unchanged' }], notes: [] });
    expect(loaderOf(folder)).toBe(ours);
  });

  it.each([
    [
      'a person changed',
      (text: string) => text.replace("'use strict';", "'use strict'; // mine"),
      'code that init did not write',
    ],
    [
      'a newer version wrote',
      (text: string) =>
        stampedLoader(
          'iisnode-entry.cjs',
          text.replace('loader 1', 'loader 999').replace("'use strict';", "'use strict'; // new"),
        ),
      'newer version (999)',
    ],
  ])('stays where %s it', async (_, change, note) => {
    const folder = folderWith(fixed);
    await adopt(folder);
    const changed = change(loaderOf(folder));
    writeFileSync(path.join(folder, 'iisnode-entry.cjs'), changed);
    expect(await adopt(folder)).toMatchObject({ nothingToDo: true, notes: [expect.stringContaining(note)] });
    expect(loaderOf(folder)).toBe(changed);
  });

  it('takes no name that another file has', async () => {
    const folder = folderWith({ ...fixed, 'iisnode-entry.cjs': 'module.exports = 1;\n' });
    await expect(adopt(folder)).rejects.toMatchObject({ code: 'LOADER_NAME_TAKEN', exit: 'usage' });
    expect(existsSync(path.join(folder, 'web.config'))).toBe(false);
  });
});

describe('--loader never', () => {
  const files = { 'package.json': manifest(), 'server.js': proven };

  it('removes the files of the loader as init wrote them', async () => {
    const folder = folderWith(files);
    const before = readdirSync(folder);
    await adopt(folder, { loader: 'always', path: '/chat' });
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['iisnode-entry.cjs', 'iisnode-vdir.cjs']));
    await adopt(folder, { loader: 'never' });
    expect(readdirSync(folder)).toEqual([...before, 'web.config'].toSorted());
    expect(readFileSync(path.join(folder, 'web.config'), 'utf8')).not.toContain('iisnode-entry.cjs');
  });

  it.each([
    ['code', (text: string) => `${text}console.log(1);\n`],
    ['a setting', (text: string) => text.replace("entry: 'server.js'", "entry: 'other.js'")],
  ])('keeps the loader where the user changed %s, and says so', async (_, change) => {
    const folder = folderWith(files);
    await adopt(folder, { loader: 'always' });
    writeFileSync(path.join(folder, 'iisnode-entry.cjs'), change(loaderOf(folder)));
    const { notes } = await adopt(folder, { loader: 'never', entry: 'server.js' });
    expect(notes).toContainEqual(
      expect.stringContaining('iisnode-entry.cjs has code or settings that init did not write'),
    );
    expect(existsSync(path.join(folder, 'iisnode-entry.cjs'))).toBe(true);
  });
});

it.each([
  ['next', '/chat', 'basePath'],
  ['nuxt', '/chat', 'app.baseURL'],
  ['next', '/', undefined],
])('init says where the links of %s lead at %s', async (name, vdirPath, setting) => {
  const files = { 'package.json': manifest({ dependencies: { [name]: '15' } }), 'server.js': proven };
  const { notes } = await adopt(folderWith(files), { path: vdirPath });
  const told = notes.filter((note) => note.startsWith(`the links of ${name}`));
  expect(told).toEqual(setting === undefined ? [] : [expect.stringContaining(`build it for /chat (${setting})`)]);
});
