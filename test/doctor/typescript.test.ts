import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadedPackages } from '../../src/doctor/facts/loaded-packages.js';
import { diagnose, gatherFacts, hasAdapter } from '../../src/doctor/index.js';
import { generateWebConfig } from '../../src/webconfig/index.js';

type Files = Readonly<Record<string, string>>;

function appWith(entry: string, files: Files, processes = 1): string {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'doctor-typescript-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const webConfig = generateWebConfig({ entry, vdirPath: '/chat', processes, transports: ['websocket'] });
  for (const [name, text] of Object.entries({ 'web.config': webConfig, ...files })) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  }
  return cwd;
}

const only = [
  'SOCKET_PATH_MISMATCH_SERVER',
  'FIXED_PORT',
  'PORT_NUMERIC',
  'DEPENDENCY_NOT_DECLARED',
  'ES_MODULE_ENTRY',
];

/** `RULE file:line`, and whether --fix would do something. */
async function saidOf(cwd: string): Promise<string[]> {
  const { findings } = await diagnose('.', { cwd, only });
  return findings.map(
    ({ rule, file = '', line }) => `${rule} ${path.relative(cwd, file).replaceAll(path.sep, '/')}:${line}`,
  );
}

const source = `import { createServer, type Server as Http } from 'node:http';
import { Server } from 'socket.io';
import type { Room } from '@rooms/types';

enum Port { Web = 8080 }
const http: Http = createServer();
export const io: Server<{ said: (room: Room) => void }> = new Server(http);
http.listen(Port.Web as number);
http.listen<number>(3000);
`;
const product = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_http_1 = require("node:http");
const socket_io_1 = require("socket.io");
const tslib_1 = require("tslib");
const http = (0, node_http_1.createServer)();
exports.io = new socket_io_1.Server(http);
http.listen(8080);
http.listen(3000);
`;
const manifest = '{ "scripts": { "build": "tsc" }, "dependencies": { "socket.io": "^4.8.0" } }';
const inSource = (name: string): string[] => [
  `FIXED_PORT ${name}:8`,
  `FIXED_PORT ${name}:9`,
  `SOCKET_PATH_MISMATCH_SERVER ${name}:7`,
];

describe('findings about what is compiled from TypeScript are in the source', () => {
  it.each<[string, string, string, Files]>([
    ['of a folder of its own', 'dist/server.js', 'src/server.ts', {}],
    ['beside it', 'server.js', 'server.ts', {}],
    ['in a folder below', 'dist/api/server.js', 'src/api/server.ts', {}],
    ['of one package of several', 'packages/api/dist/server.js', 'packages/api/src/server.ts', {}],
    ['in src, compiled to the root', 'server.js', 'src/server.ts', {}],
    ['as an ES module', 'dist/server.mjs', 'src/server.mts', {}],
    [
      'where tsconfig.json says',
      'public/compiled/server.js',
      'code/server.ts',
      { 'tsconfig.json': '{ /* both */ "compilerOptions": { "outDir": "./public/compiled", "rootDir": "code/", } }' },
    ],
    [
      'where a tsconfig.json says that it extends',
      'bin/server.js',
      'code/server.ts',
      {
        'tsconfig.json': '{ "extends": "./config/base", "compilerOptions": { "outDir": "bin" } }',
        'config/base.json': '// base\n{ "compilerOptions": { "rootDir": "../code", "outDir": "../elsewhere" } }',
      },
    ],
    [
      'where the source map says',
      'app/main.js',
      'lib/start.ts',
      { 'app/main.js.map': '{ "version": 3, "sourceRoot": "..", "sources": ["lib/start.ts"], "mappings": "" }' },
    ],
  ])('%s', async (_where, entry, name, more) => {
    const built = entry.endsWith('.mjs')
      ? product.replaceAll(/const (\w+) = require\((.*)\);/g, 'import * as $1 from $2;')
      : product;
    const cwd = appWith(entry, { 'package.json': manifest, [entry]: built, [name]: source, ...more });
    const said = await saidOf(cwd);
    expect(said.filter((each) => !each.startsWith('ES_MODULE'))).toEqual(inSource(name));
    expect(said.includes(`ES_MODULE_ENTRY ${name}:1`)).toBe(entry.endsWith('.mjs'));
    const loaded = loadedPackages(gatherFacts('.', { cwd })).map(({ name: of, at }) => [of, at.line, at.file]);
    const file = path.join(cwd, name);
    // The compiler's own helpers are nowhere in the source.
    expect(loaded).toEqual([
      ['socket.io', 2, file],
      ['tslib', 1, file],
    ]);
  });

  it('before it is built as well', async () => {
    const cwd = appWith('dist/server.js', { 'package.json': manifest, 'src/server.ts': source });
    expect(await saidOf(cwd)).toEqual(inSource('src/server.ts'));
  });

  it('in the modules of the source, by the names that it gives them', async () => {
    const cwd = appWith('dist/server.js', {
      'package.json': manifest,
      'dist/server.js': 'require("./sockets/index.js");\n',
      'dist/sockets/index.js': product,
      'src/server.ts': "import './sockets';\n",
      'src/sockets/index.ts': source,
    });
    expect(await saidOf(cwd)).toEqual(inSource('src/sockets/index.ts'));
  });

  const main = "import './sockets';\nconst http = require('http').createServer();\nhttp.listen(4000);\n";
  const bundled = `${product}\nrequire('http').createServer().listen(4000);\n`;
  const ofBundle = ['FIXED_PORT src/main.ts:3', ...inSource('src/sockets.ts')];

  it.each([
    ['the entry point last', ['../node_modules/a/b.ts', '../src/sockets.ts', '../src/main.ts']],
    ['the entry point first', ['../src/main.ts', 'webpack://app/external', '../src/sockets.ts']],
  ])('of a bundle in all that its source map names, %s', async (_order, names) => {
    const cwd = appWith('dist/bundle.js', {
      'package.json': manifest,
      'dist/bundle.js': bundled,
      'dist/bundle.js.map': JSON.stringify({ version: 3, sources: names, mappings: '' }),
      'src/main.ts': main,
      'src/sockets.ts': source,
    });
    expect((await saidOf(cwd)).sort()).toEqual(ofBundle.toSorted());
    expect(gatherFacts('.', { cwd }).server.scripts[0]?.name).toBe('src/main.ts');
  });

  it('of a bundle without a source map in what its own source loads', async () => {
    const files = { 'package.json': manifest, 'dist/main.js': bundled, 'src/main.ts': main, 'src/sockets.ts': source };
    expect((await saidOf(appWith('dist/main.js', files))).sort()).toEqual(ofBundle.toSorted());
  });

  it('what has no source is judged as it is', async () => {
    const files = { 'package.json': manifest, 'dist/server.js': product, 'src/client.ts': 'export {};\n' };
    expect(await saidOf(appWith('dist/server.js', files))).toContain('FIXED_PORT dist/server.js:8');
  });

  it.each([
    ['that has nothing of it', 'export {};\n'],
    ['that loads other packages', "import { Server } from 'ws';\nnew Server({ port: 3000 });\n"],
  ])('what has a source by its name %s is judged as it is', async (_what, text) => {
    const files = { 'package.json': manifest, 'dist/server.js': product, 'src/server.ts': text };
    expect(await saidOf(appWith('dist/server.js', files))).toContain('FIXED_PORT dist/server.js:8');
  });

  it('nothing in src is the source of what stands outside of it where nothing is built', async () => {
    const files = { 'server.js': product, 'server.d.ts': 'export {};\n', 'src/server.ts': source };
    expect(await saidOf(appWith('server.js', files))).toContain('FIXED_PORT server.js:8');
  });

  it('--fix leaves it to its author, as a number that becomes a text may not fit its types', async () => {
    const cwd = appWith('server.js', { 'package.json': manifest, 'server.js': product, 'server.ts': source });
    const { findings, summary } = await diagnose('.', { cwd, only, fix: true });
    expect(summary.fixed).toBe(0);
    expect(findings.map(({ rule }) => rule)).toContain('FIXED_PORT');
  });
});

describe('an adapter in TypeScript', () => {
  const adapter = `import type { Server } from 'socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
export async function attach(io: Server): Promise<void> { io.adapter(createAdapter(pub, sub)); }
`;
  const compiled = (code: string): string =>
    code.replace(/^import type.*$/m, '').replace(/: (Server|Promise<void>)/g, '');
  const server = (use: string): string => `import { Server } from 'socket.io';
import { attach } from './lib/adapter';
const io: any = new Server(3000);
${use}
io.emit('x');
`;
  const isAttached = (use: string): boolean => {
    const text = server(use);
    const cwd = appWith(
      'dist/server.mjs',
      {
        'package.json':
          '{ "dependencies": { "socket.io": "4", "@socket.io/redis-adapter": "8" }, "scripts": { "build": "tsc" } }',
        'src/server.ts': text,
        'src/lib/adapter.ts': adapter,
        'dist/server.mjs': text.replace(/: (any|typeof attach)/g, '').replace("'./lib/adapter'", "'./lib/adapter.mjs'"),
        'dist/lib/adapter.mjs': compiled(adapter),
      },
      3,
    );
    return hasAdapter(gatherFacts('.', { cwd }));
  };

  it('is attached in a bundle, whose modules all run', () => {
    const files = {
      'package.json': '{ "dependencies": { "socket.io": "4", "@socket.io/redis-adapter": "8" } }',
      'src/server.ts': server('attach(io);'),
      'src/lib/adapter.ts': adapter,
      'dist/server.js': "require('socket.io');\nrequire('@socket.io/redis-adapter');\n",
      'dist/server.js.map': '{ "sources": ["../src/server.ts", "../src/lib/adapter.ts"] }',
    };
    expect(hasAdapter(gatherFacts('.', { cwd: appWith('dist/server.js', files, 3) }))).toBe(true);
    const idle = { ...files, 'src/server.ts': server('') };
    expect(hasAdapter(gatherFacts('.', { cwd: appWith('dist/server.js', idle, 3) }))).toBe(false);
  });

  it('is attached by code that is reached', () => expect(isAttached('await attach(io);')).toBe(true));
  it('is not by code that is not', () => {
    expect(isAttached('function later() { attach(io); }')).toBe(false);
    expect(isAttached('let kept: typeof attach;')).toBe(false);
  });
});

describe('findings about a client in TypeScript are in its source', () => {
  const client = "import { io, type Socket } from 'socket.io-client';\n\nexport const socket: Socket = io('/');\n";
  const page = '<script type="module" src="client.js"></script>\n';
  const clientOnly = ['SOCKET_PATH_MISMATCH_CLIENT'];
  const server = "new (require('socket.io').Server)(http, { path: '/chat/socket.io' });\n";
  const placesOf = async (files: Files): Promise<string[]> => {
    const cwd = appWith('server.js', { 'server.js': server, 'package.json': manifest, 'index.html': page, ...files });
    const { findings, summary } = await diagnose('.', { cwd, only: clientOnly, fix: true });
    expect(summary.fixed).toBe(0);
    return findings.map(({ file = '', line }) => `${path.relative(cwd, file).replaceAll(path.sep, '/')}:${line}`);
  };
  const compiled = "import { io } from './socket.io.esm.min.js';\nexport const socket = io('/');\n";

  it.each<[string, Files]>([
    ['beside it', { 'client.js': compiled, 'client.ts': client }],
    ['in src', { 'client.js': compiled, 'src/client.ts': client }],
    ['as bundlers take it', { 'index.html': page.replace('client.js', 'client.ts'), 'client.ts': client }],
  ])('%s', async (_where, files) => {
    const [name] = Object.keys(files).filter((each) => each.endsWith('.ts'));
    expect(await placesOf(files)).toEqual([`${name}:3`]);
  });

  it('by the source map of a bundle', async () => {
    const map = JSON.stringify({ sources: ['app/start.ts', 'app/socket.tsx'] });
    const bundle = "const socket = (0, io)('/');\n";
    const files = {
      'client.js': bundle,
      'client.js.map': map,
      'app/start.ts': 'export {};\n',
      'app/socket.tsx': client,
    };
    expect(await placesOf(files)).toEqual(['app/socket.tsx:3']);
  });

  it('not by a file of that name that opens no connection', async () => {
    const files = { 'client.js': compiled, 'src/client.ts': 'export {};\n' };
    const cwd = appWith('server.js', { 'server.js': server, 'package.json': manifest, 'index.html': page, ...files });
    const { findings } = await diagnose('.', { cwd, only: clientOnly });
    expect(findings.map(({ file = '', line }) => `${path.basename(file)}:${line}`)).toEqual(['client.js:2']);
  });
});

it('an entry point that the build of a package below has not created yet is a note, with the command', async () => {
  const files = {
    'package.json': '{ "workspaces": ["api"] }',
    'api/package.json': '{ "scripts": { "build": "tsc" } }',
    'api/src/main.ts': source,
  };
  const told = async (more: Files): Promise<string[]> => {
    const cwd = appWith('api/lib/main.js', { ...files, ...more });
    const { findings } = await diagnose('.', { cwd, only: ['ENTRY_NOT_BUILT', 'ENTRY_FILE_MISSING'] });
    return findings.map(({ rule, fix }) => `${rule} ${fix}`);
  };
  expect(await told({})).toEqual(['ENTRY_NOT_BUILT npm run build --prefix api']);
  const byRoot = { 'package.json': '{ "scripts": { "build": "tsc -b api" } }', 'api/package.json': '{}' };
  expect(await told(byRoot)).toEqual(['ENTRY_NOT_BUILT npm run build']);
  expect(await told({ 'api/package.json': '{}' })).toEqual([expect.stringContaining('ENTRY_FILE_MISSING')]);
});
