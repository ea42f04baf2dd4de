import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose, type Finding } from '../../src/doctor/index.js';
import { root } from '../support/cli.js';
import { init } from '../support/init.js';
import { copyOf } from './expect-codes.js';

const only = ['PROCESSES_WITHOUT_ADAPTER'];
const talk = { interactive: false, ask: () => Promise.reject(new Error('nobody is there')), event: () => undefined };

/** Chat for three processes, as init writes it. */
async function chat(): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'doctor-adapter-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const directory = path.join(folder, 'app');
  mkdirSync(directory);
  await init({ directory, template: 'chat', path: '/app', adapter: 'redis', processes: 3, install: false }, talk);
  return directory;
}

async function findingsOf(cwd: string): Promise<readonly Finding[]> {
  return (await diagnose('.', { cwd, only })).findings;
}

it('an app that init made for several processes is right until it loses its adapter', async () => {
  const cwd = await chat();
  expect(await findingsOf(cwd)).toEqual([]);
  const file = path.join(cwd, 'server.js');
  const code = readFileSync(file, 'utf8');
  expect(code).toContain('attachAdapter(io)');
  writeFileSync(file, code.replace(/^(const caughtUp =) attachAdapter\(io\);$/m, '$1 Promise.resolve();'));
  expect(await findingsOf(cwd)).toMatchObject([
    { rule: only[0], message: expect.stringMatching(/\(lib\/adapter\.js, line \d+\) is never called/) },
  ]);
  writeFileSync(file, code);
  cpSync(path.join(root, 'templates', 'adapters', 'none', 'lib', 'adapter.js'), path.join(cwd, 'lib', 'adapter.js'));
  expect(await findingsOf(cwd)).toMatchObject([
    { rule: only[0], message: expect.stringMatching(/ is installed, but the code does not attach it to the server/) },
  ]);
});

/** The app of three processes with this adapter.js and this way of using it. */
async function isSaid(module: string, use: string, extra: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const cwd = copyOf('processes-adapter-not-attached');
  const server = `const io = require('socket.io')(require('http').createServer());\n${use}\nio.emit('x');\n`;
  for (const [name, text] of Object.entries({ 'server.js': server, 'adapter.js': module, ...extra })) {
    writeFileSync(path.join(cwd, name), text);
  }
  return (await findingsOf(cwd)).length > 0;
}

const attach = 'function attach(io) { io.adapter(make()); }';

describe('an adapter is attached', () => {
  it.each([
    [`${attach} module.exports = { attach };`, "const { attach } = require('./adapter'); attach(io);"],
    [`${attach} module.exports = { attach };`, "require('./adapter').attach(io);"],
    [`${attach} module.exports = { attach };`, "const adapter = require('./adapter'); adapter.attach(io);"],
    [`${attach} module.exports = { attach };`, "const adapter = require('./adapter'); adapter['attach'](io);"],
    [
      `${attach} module.exports = { attach };`,
      "const adapter = require('./adapter'); const { attach: go } = adapter; go(io);",
    ],
    [`${attach} module.exports = { attach };`, "const { attach = none } = require('./adapter'); attach(io);"],
    [`${attach} module.exports = { attach };`, "const { ...all } = require('./adapter'); all.attach(io);"],
    [`${attach} module.exports = { attach };`, "[require('./adapter')].forEach(start);"],
    [
      `${attach} module.exports = { attach };`,
      "const { attach } = require('./adapter'); io.engine.once('headers', attach);",
    ],
    [`${attach} module.exports = attach;`, "const attach = require('./adapter'); attach(io);"],
    [`${attach} module.exports = attach;`, "require('./adapter')(io);"],
    ['module.exports = (io) => io.adapter(make());', "require('./adapter')(io);"],
    ['module.exports = (io) => io.adapter(make());', "const go = require('./adapter'); go(io);"],
    ['exports.attach = (io) => io.adapter(make());', "require('./adapter').attach(io);"],
    ['exports.go = exports.attach = (io) => io.adapter(make());', "require('./adapter').go(io);"],
    ['module.exports = { attach(io) { io.adapter(make()); } };', "require('./adapter').attach(io);"],
    [`${attach} exports.start = (io) => attach(io);`, "require('./adapter').start(io);"],
    [`${attach} setImmediate(() => attach(global.io));`, "require('./adapter');"],
    [
      'class Hub { start(io) { io.adapter(make()); } } module.exports = Hub;',
      "new (require('./adapter'))().start(io);",
    ],
    ['', `(() => io.adapter(make()))();`],
    ['', `http.once('listening', () => io.adapter(make()));`],
    ['', `${attach} if (process.env.REDIS_URL) attach(io);`],
    ['', `const start = () => { io.adapter(make()); }; start();`],
    ['', `function a() { b(); } function b() { a(); io.adapter(make()); } a();`],
    ['', "require('socket.io')(http, { adapter: make() });"],
    ['', "const { useAzureSocketIO } = require('@azure/web-pubsub-socket.io'); useAzureSocketIO(io, {});"],
  ])('%s %s', async (module, use) => expect(await isSaid(module, use)).toBe(false));

  it('through a module in between', async () => {
    const files = { 'index.js': "module.exports = { ...require('./adapter') };" };
    expect(await isSaid(`${attach} module.exports = { attach };`, "require('./index').attach(io);", files)).toBe(false);
    const named = { 'index.js': "const { attach } = require('./adapter'); module.exports = { attach };" };
    expect(await isSaid(`${attach} module.exports = { attach };`, "require('./index').attach(io);", named)).toBe(false);
  });

  it('as ES modules export it', async () => {
    const files = { 'go.mjs': "import { attach } from './attach.mjs'; attach(globalThis.io);" };
    const attached = { 'attach.mjs': `export ${attach}`, ...files };
    expect(await isSaid('', "import('./go.mjs');", attached)).toBe(false);
    const idle = { ...attached, 'go.mjs': "import { attach } from './attach.mjs';" };
    expect(await isSaid('', "import('./go.mjs');", idle)).toBe(true);
  });

  it('as TypeScript compiles it', async () => {
    const module = `exports.service = exports.attach = void 0; exports.attach = attach; ${attach}`;
    expect(await isSaid(module, 'const adapter_js_1 = require("./adapter.js"); (0, adapter_js_1.attach)(io);')).toBe(
      false,
    );
    expect(
      await isSaid(module, 'const adapter_js_1 = require("./adapter.js"); console.log(adapter_js_1.service);'),
    ).toBe(true);
  });

  it.each([
    ['a package that gets the server', "require('some-package')(io);"],
    ['a module whose name is computed', "require('./' + name)(io);"],
    ['a module that is not there', "require('./not-there')(io);"],
    ['options that are not shown', "require('socket.io')(http, options);"],
    ['options that come later', 'io.attach(http, options);'],
  ])('perhaps, by %s, where the package is there', async (_what, use) => expect(await isSaid('', use)).toBe(false));
});

describe('an adapter is not attached', () => {
  it.each([
    [`${attach} module.exports = { attach };`, "const { attach } = require('./adapter');"],
    [`${attach} module.exports = { attach };`, "const adapter = require('./adapter');"],
    [`${attach} module.exports = { attach, service };`, "const { service } = require('./adapter'); service(io);"],
    [`${attach} module.exports = { attach, service };`, "const adapter = require('./adapter'); adapter.service(io);"],
    [`${attach} module.exports = attach;`, "const attach = require('./adapter');"],
    ['exports.attach = (io) => io.adapter(make());', "require('./adapter').service(io);"],
    [attach, "require('./adapter');"],
    ['', attach],
    ['', 'const attach = (io) => io.adapter(make());'],
    ['', 'function a() { b(); } function b() { a(); io.adapter(make()); }'],
    ['', "const { createAdapter } = require('@socket.io/redis-streams-adapter');"],
    ['', "const { instrument } = require('@socket.io/admin-ui'); instrument(io, {});"],
  ])('%s %s', async (module, use) => expect(await isSaid(module, use)).toBe(true));
});
