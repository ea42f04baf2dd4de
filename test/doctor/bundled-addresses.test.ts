import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { testFolder } from '../files/folder.js';
import { folderWith } from '../scaffold/workspace.js';
import { catchAll } from '../support/catch-all.js';

const root = path.join(import.meta.dirname, '..', '..');
const server = `const { createServer } = require('node:http');
const { Server } = require('socket.io');
const server = createServer(require('express')().use(require('express').static('public')));
new Server(server, { path: '/chat/socket.io' });
server.listen(process.env.PORT);
`;
const webConfig = catchAll('<appSettings><add key="virtualDirPath" value="/chat" /></appSettings>');

/** What the rules about clients say of a page with these scripts, and of sources beside it. */
function saidOf(scripts: Readonly<Record<string, string>>, sources: Readonly<Record<string, string>> = {}): string[] {
  const directory = folderWith({
    'package.json': '{ "dependencies": { "socket.io": "4", "express": "5" } }',
    'web.config': webConfig,
    'server.js': server,
    'public/index.html': `<div id="root"></div><script type="module" src="assets/${Object.keys(scripts)[0]}"></script>`,
    ...Object.fromEntries(Object.entries(scripts).map(([name, text]) => [`public/assets/${name}`, text])),
    ...sources,
  });
  const only = ['SOCKET_PATH_MISMATCH_CLIENT', 'CLIENT_ADDRESS_LOCAL'];
  return runRules(rules, gatherFacts('.', { cwd: directory }), { only }).diagnoses.map(
    ({ finding: { rule, file, message } }) => `${rule} ${file?.split(/[\\/]/).at(-1)} ${message}`,
  );
}

/** Minified by esbuild, as Vite before 8 and Angular do. */
async function byEsbuild(code: string, format: 'esm' | 'iife' = 'esm', client = 'socket.io-client'): Promise<string> {
  const contents = code.replace("'socket.io-client'", `'${client}'`);
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    format,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** Minified by Rolldown, with the client in a chunk of its own, as Vite 8 does. */
async function inChunks(code: string): Promise<Record<string, string>> {
  const entry = path.join(testFolder(), 'index.js');
  writeFileSync(
    entry,
    code.replace(
      "'socket.io-client'",
      JSON.stringify(path.join(root, 'node_modules/socket.io-client/build/esm/index.js')),
    ),
  );
  const bundle = await rolldown({ input: entry, platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({
    minify: true,
    codeSplitting: { groups: [{ name: 'vendor', test: /node_modules/ }] },
  });
  await bundle.close();
  return Object.fromEntries(output.map((each) => [each.fileName, each.type === 'chunk' ? each.code : '']));
}

const local = "import { io } from 'socket.io-client';\nio('http://localhost:3000', { path: '/chat/socket.io' });";
const inObject = `import { io } from 'socket.io-client';
const settings = { api: 'http://localhost:3000/api', ws: 'http://localhost:3000' };
fetch(settings.api);
io(settings.ws, { path: '/chat/socket.io', transports: ['websocket'] }).on('x', console.log);`;
const noPath = "import { io } from 'socket.io-client';\nexport const socket = io({ reconnectionAttempts: 5 });";
const says =
  "CLIENT_ADDRESS_LOCAL index.js The client connects to http://localhost:3000, which is every visitor's own machine.";
const asks =
  'SOCKET_PATH_MISMATCH_CLIENT index.js The client requests /socket.io (the default), the server answers at /chat/socket.io.';

describe('a minified bundle without a source map is read', () => {
  it.each([
    ['an address', local, says],
    ['an address in an object', inObject, says],
    ['no path', noPath, asks],
  ])('%s', async (_what, code, expected) => {
    expect(saidOf({ 'index.js': await byEsbuild(code) })).toEqual([expected]);
    expect(saidOf({ 'index.js': await byEsbuild(code, 'iife') })).toEqual([expected]);
    expect(saidOf(await inChunks(code))).toEqual([expected]);
  });

  it.each(['socket.io-client-2', 'socket.io-client-3'])('%s', async (client) => {
    const code = "import io from 'socket.io-client';\nio('http://localhost:3000', { path: '/chat/socket.io' });";
    expect(saidOf({ 'index.js': await byEsbuild(code, 'esm', client) })).toEqual([says]);
  });

  it('with modules of CommonJS, as webpack writes them', () => {
    const webpack = (call: string): string =>
      `(()=>{"use strict";var e={7:(e,t)=>{function n(e,t){"object"==typeof e&&(t=e,e=void 0);return(t=t||{}).forceNew||t["force new connection"]||!1===t.multiplex?1:2}t.io=n,t.default=n}},t={};function r(n){var o=t[n]={exports:{}};return e[n](o,o.exports),o.exports}var o=r(7);${call}})();`;
    expect(saidOf({ 'index.js': webpack('(0,o.io)("http://localhost:3000",{path:"/chat/socket.io"})') })).toEqual([
      says,
    ]);
    expect(saidOf({ 'index.js': webpack('(0,o.io)({transports:["websocket"]})') })).toEqual([asks]);
    expect(saidOf({ 'index.js': webpack('(0,o.io)(n,t)') })).toEqual([]);
  });
});

describe('and of a bundle nothing is said', () => {
  it.each([
    [
      'that chooses by the host',
      "io(location.hostname === 'localhost' ? 'http://localhost:3000' : '/', { path: '/chat/socket.io' });",
    ],
    ['that has the address in a text', "io({ path: '/chat/socket.io' }); console.log('see http://localhost:3000');"],
    ['that asks another service there', "io({ path: '/chat/socket.io' }); fetch('http://localhost:3000/socket.io');"],
    ['whose address is computed', "io(window.settings.url, { path: '/chat/socket.io' });"],
    ['of another host', "io('https://live.example.com');"],
  ])('%s', async (_what, code) => {
    const whole = `import { io } from 'socket.io-client';\n${code}`;
    expect(saidOf({ 'index.js': await byEsbuild(whole) })).toEqual([]);
    expect(saidOf(await inChunks(whole))).toEqual([]);
  });

  it('that is the client alone', async () =>
    expect(saidOf({ 'index.js': await byEsbuild("export { io } from 'socket.io-client';") })).toEqual([]));
});

describe('what a source says of a bundle', () => {
  it('is said once', async () => {
    const found = saidOf({ 'index.js': await byEsbuild(local) }, { 'client/src/live.js': local });
    expect(found).toEqual([says.replace('index.js', 'live.js')]);
  });

  it('and an address is that of the .env file that the build has read', async () => {
    const source = local.replace("'http://localhost:3000'", 'import.meta.env.VITE_LIVE');
    const sources = { 'client/src/live.js': source, 'client/.env.production': 'VITE_LIVE=http://localhost:3000\n' };
    const [found, ...others] = saidOf({ 'index.js': await byEsbuild(local) }, sources);
    expect(found).toMatch(/^CLIENT_ADDRESS_LOCAL \.env\.production/);
    expect(others).toEqual([]);
  });

  it('a bundle that is older than its source keeps its address', async () => {
    const source = local.replace("'http://localhost:3000', ", '');
    expect(saidOf({ 'index.js': await byEsbuild(local) }, { 'client/src/live.js': source })).toEqual([says]);
  });
});
