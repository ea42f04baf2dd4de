import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Observations, observed, readObservations } from '../../../src/doctor/trial/observations.js';
import { freePort } from '../../support/free-port.js';
import { appWith, ofTrial, tryApp } from './trial-app.js';

/** Runs an app for a moment with the observer, without IIS, and tells what was written down. */
function seenOf(files: Readonly<Record<string, string>>, entry = 'server.js', env = {}): Observations {
  const folder = appWith(files);
  const record = path.join(folder, 'observed.jsonl');
  const end = path.join(folder, 'end.cjs');
  writeFileSync(end, 'setTimeout(() => process.exit(), 400).unref();\n');
  const environment = { ...process.env, ...env };
  spawnSync(process.execPath, ['--require', end, entry], {
    cwd: folder,
    env: observed(environment, record),
    timeout: 20_000,
  });
  const seen = readObservations(record);
  return { ...seen, listens: seen.listens.map((each) => ({ ...each, at: each.at && relative(folder, each.at) })) };
}

type At = NonNullable<Observations['listens'][number]['at']>;
const relative = (folder: string, at: At): At => ({
  ...at,
  file: path.relative(folder, at.file).replaceAll(path.sep, '/'),
});

const placesIn = ({ listens }: Observations): readonly string[] =>
  listens.map(({ at }) => (at === undefined ? '?' : `${at.file}:${at.line}`));

/** The port 0, behind what the files alone do not say. */
const shapes: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  [
    'in a static field',
    { 'server.js': "class Settings {\n  static port = 0;\n}\nrequire('http').createServer().listen(Settings.port);\n" },
    'server.js:4',
  ],
  [
    'in a frozen object',
    {
      'server.js':
        "const s = Object.freeze({ port: 0 });\nconst http = require('http');\n\nhttp\n  .createServer()\n  .listen(s.port);\n",
    },
    'server.js:6',
  ],
  [
    'handed to super()',
    {
      'server.js':
        "class Base {\n  constructor(port) {\n    require('http').createServer().listen(port);\n  }\n}\nclass App extends Base {\n  constructor() {\n    super(0);\n  }\n}\nnew App();\n",
    },
    'server.js:3',
  ],
  [
    'of an object that is awaited',
    {
      'main.mjs':
        "import http from 'node:http';\nconst { port } = await Promise.resolve({ port: 0 });\nhttp.createServer().listen(port);\n",
    },
    'main.mjs:3',
  ],
  [
    'that one module hands to another',
    {
      'server.js': "require('./lib/start')(require('./lib/port'));\n",
      'lib/port.js': 'module.exports = 0;\n',
      'lib/start.js': "module.exports = (port) => {\n  require('express')().listen(port);\n};\n",
    },
    'lib/start.js:2',
  ],
  [
    'awaited in a framework',
    {
      'server.js':
        "const app = require('fastify')();\nasync function start() {\n  await app.listen({ port: 0, host: '127.0.0.1' });\n}\nstart();\n",
    },
    'server.js:3',
  ],
  ['given to socket.io', { 'server.js': "const { Server } = require('socket.io');\nnew Server(0);\n" }, 'server.js:2'],
  [
    'of a script in a folder with parentheses',
    {
      'server.js': "require('./lib (old)/start');\n",
      'lib (old)/start.js': "const start = () => require('http').createServer().listen(0);\nstart();\n",
    },
    'lib (old)/start.js:1',
  ],
  [
    'at the top level of a module in such a folder',
    {
      'main.mjs': "import './lib (old)/start.mjs';\n",
      'lib (old)/start.mjs': "import http from 'node:http';\nawait null;\nhttp.createServer().listen(0);\n",
    },
    'lib (old)/start.mjs:3',
  ],
  [
    'in code that is evaluated',
    { 'server.js': 'const code = \'require("http").createServer().listen(0)\';\n\neval(code);\n' },
    'server.js:3',
  ],
  [
    'in a callback of an event',
    {
      'server.js':
        "const http = require('http');\nprocess.once('ready', () => {\n  http.createServer().listen(0);\n});\nsetTimeout(() => process.emit('ready'), 5);\n",
    },
    'server.js:3',
  ],
  [
    'where the app has stacks of its own',
    {
      'server.js':
        "Error.stackTraceLimit = 0;\nError.prepareStackTrace = () => [];\nrequire('http').createServer().listen(0);\n",
    },
    'server.js:3',
  ],
];

describe('the place of a listen', () => {
  it.each(shapes)('%s is that of the call in the app', (_what, files, place) => {
    expect(placesIn(seenOf(files, 'main.mjs' in files ? 'main.mjs' : 'server.js'))).toEqual([place]);
  });

  it('is the one of the source where a source map says it', () => {
    const source =
      "import http from 'node:http';\n\ninterface Settings {\n  port: number;\n}\nconst settings: Settings = { port: 0 };\nhttp.createServer().listen(settings.port);\n";
    const made = transformSync(source, {
      loader: 'ts',
      format: 'cjs',
      sourcemap: 'external',
      sourcefile: '../src/server.ts',
      minify: true,
    });
    const built = { 'src/server.ts': source, 'dist/server.js': `${made.code}//# sourceMappingURL=server.js.map\n` };
    const places = (files: Readonly<Record<string, string>>, env = {}): readonly string[] =>
      placesIn(seenOf(files, 'dist/server.js', env));
    const withMap = { ...built, 'dist/server.js.map': made.map };
    expect(places(withMap)).toEqual(['src/server.ts:7']);
    expect(places(withMap, { NODE_OPTIONS: '--enable-source-maps' })).toEqual(['src/server.ts:7']);
    expect(places(built)).toEqual(['dist/server.js:1']);
    expect(places({ ...withMap, 'dist/server.js.map': '{' })).toEqual(['dist/server.js:1']);
  });

  it('is not one of a package that a bundle contains', () => {
    const code = "function listen(server) {\n  server.listen(0);\n}\nlisten(require('http').createServer());\n";
    const inline = (map: object): string =>
      `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`;
    // Lines 1 to 3 are of the package, line 4 of the app.
    const map = {
      version: 3,
      sources: ['../node_modules/p/index.js', '../src/main.ts'],
      names: [],
      mappings: 'AAAA;AACA;AACA;ACFA',
    };
    const files = { 'dist/server.js': code + inline(map), 'src/main.ts': 'listen(http.createServer());\n' };
    expect(placesIn(seenOf(files, 'dist/server.js'))).toEqual(['src/main.ts:1']);
  });

  it('does not change what the app sees of a listen', () => {
    const { listens } = seenOf({
      'server.js': `const server = require('http').createServer();
const limit = Error.stackTraceLimit;
const count = () => server.listenerCount('error') + server.listenerCount('listening');
const before = count();
const answer = server.listen(0, () => {
  if (answer === server && count() === before && Error.stackTraceLimit === limit) server.close(() => server.listen(0));
});\n`,
    });
    expect(listens).toHaveLength(2);
  });
});

describe('a trial', () => {
  it('names the line that listens elsewhere', async () => {
    const port = await freePort();
    const server = `class Settings {\n  static port = [${port}].at(0);\n}\n\nrequire('http').createServer().listen(Settings.port);\n`;
    const folder = appWith({ 'server.js': server });
    const report = await tryApp(folder, { runLimit: 8_000 });
    expect(ofTrial(report)[0]).toMatchObject({
      rule: 'APP_LISTENED_ELSEWHERE',
      known: 'trial',
      file: path.join(folder, 'server.js'),
      line: 5,
      evidence: "require('http').createServer().listen(Settings.port);",
    });
  });

  it('names the line whose port is in use', async () => {
    const server =
      "const net = require('net');\nconst port = [0].at(0);\nconst first = net.createServer().listen(port, '127.0.0.1', () => {\n  const again = require('http').createServer();\n  again.listen(first.address().port, '127.0.0.1');\n});\n";
    const report = await tryApp(appWith({ 'server.js': server }));
    expect(ofTrial(report)[0]).toMatchObject({ rule: 'APP_CRASHED', line: 5 });
  });
});

describe('fastify listens at a later turn, without await', () => {
  const start = "const app = require('fastify')();\nconst options = (port) => Object.assign({}, { port });\n\n";

  it('names the call whose port is the name of a pipe', async () => {
    const folder = appWith({ 'server.js': `${start}app.listen(options(process.env.PORT));\n` });
    const [first] = ofTrial(await tryApp(folder));
    expect(first).toMatchObject({ rule: 'APP_CRASHED', file: path.join(folder, 'server.js'), line: 4 });
    expect(first?.fix).toContain('listen({ path: process.env.PORT })');
  });

  it('names no call where the sources have two', async () => {
    const two = `${start}app.listen(options(process.env.PORT));\nrequire('net').createServer().listen(options(process.env.OTHER));\n`;
    const [first] = ofTrial(await tryApp(appWith({ 'server.js': two })));
    expect(first).toMatchObject({ rule: 'APP_CRASHED' });
    expect(first?.line).toBeUndefined();
  });

  it('names the call that listens elsewhere', async () => {
    const port = await freePort();
    const folder = appWith({ 'server.js': `${start}app.listen(options([${port}].at(0)));\n` });
    const [first] = ofTrial(await tryApp(folder, { runLimit: 8_000 }));
    expect(first).toMatchObject({ rule: 'APP_LISTENED_ELSEWHERE', file: path.join(folder, 'server.js'), line: 4 });
  });
});

it('an app that has put its port into PORT has a finding that says so', async () => {
  const port = await freePort();
  const own = `const own = ['PORT', '${port}'];\nprocess.env[own[0]] = own[1];\n`;
  const server = `${own}require('http').createServer().listen(process.env.PORT || 3000);\n`;
  const report = await tryApp(appWith({ 'server.js': server }), { runLimit: 8_000 });
  expect(ofTrial(report)[0]?.message).toBe(
    `The app listens on port ${port}: it has put that into process.env.PORT, in the place of the pipe.`,
  );
});
