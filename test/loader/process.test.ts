import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { runApp, startApp } from './app.js';
import { hello } from './sockets.js';

const answer = (expression: string) =>
  `require('http').createServer((q, s) => s.end(String(${expression}))).listen(3000);`;
const pathOf = "require('path').relative";

describe('the app’s entry runs as if node had been started with it', () => {
  it.each([
    ['require.main is its module', 'require.main === module', 'true'],
    ['it has no parent', 'module.parent', 'null'],
    ['argv names it', `${pathOf}(__dirname, process.argv[1])`, 'server.js'],
    ['and what follows it', 'process.argv.slice(2)', 'start,-p,1'],
  ])('%s', async (_, expression, value) => {
    const app = await runApp({
      files: { 'server.js': answer(expression) },
      settings: { args: ['start', '-p', '1'] },
    });
    expect((await app.get('/')).body).toBe(value);
  });

  it('its working directory is the app’s root, also for an entry in a folder', async () => {
    const app = await runApp({
      files: { 'dist/main.js': answer(`require('fs').readFileSync('views/a.txt')`), 'views/a.txt': 'a view' },
      settings: { entry: 'dist/main.js' },
    });
    expect((await app.get('/')).body).toBe('a view');
  });

  it('an entry in TypeScript is for a node that runs it by itself, and the log says so', async () => {
    const app = await runApp({
      files: { 'main.ts': answer('!process.features.typescript') },
      settings: { entry: 'main.ts' },
    });
    const isTooOld = (await app.get('/')).body;
    expect(`${app.stderr().includes('runs no TypeScript: 22.18 does, 22.6 with')}`).toBe(isTooOld);
  });

  it('a package of a workspace has a root of its own', async () => {
    const app = await runApp({
      files: { 'packages/server/main.js': answer(`${pathOf}(__dirname, process.cwd())`) },
      settings: { entry: 'packages/server/main.js', root: 'packages/server' },
    });
    expect((await app.get('/')).body).toBe('');
  });
});

describe('modules of both kinds load', () => {
  const esm = `import { createServer } from 'node:http';
    import { fileURLToPath } from 'node:url';
    const text = await new Promise((resolve) => setTimeout(resolve, 100, 'awaited'));
    createServer((q, s) => s.end(text + (process.argv[1] === fileURLToPath(import.meta.url)))).listen(3000);`;

  it.each([
    ['.mjs', { 'server.mjs': esm }, 'server.mjs'],
    ['"type": "module"', { 'package.json': '{ "type": "module" }', 'server.js': esm }, 'server.js'],
    [
      'a folder whose package.json says module',
      { 'a/package.json': '{"type":"module"}', 'a/b/server.js': esm },
      'a/b/server.js',
    ],
  ])('an ES module with top-level await: %s', async (_, files, entry) => {
    const app = await runApp({ files, settings: { entry } });
    expect((await app.get('/')).body).toBe('awaitedtrue');
  });

  it.each([
    [
      '.cjs in a package of modules',
      { 'package.json': '{ "type": "module" }', 'server.cjs': answer('require.main === module') },
      'server.cjs',
    ],
    ['bin/www without an extension', { 'package.json': '{}', 'bin/www': answer('require.main === module') }, 'bin/www'],
    [
      'a text that only looks like a module',
      { 'server.js': `/*\n import x from 'y' */ ${answer("'commonjs'")}` },
      'server.js',
    ],
  ])('CommonJS: %s', async (_, files, entry) => {
    const app = await runApp({ files, settings: { entry } });
    expect((await app.get('/')).body).toMatch(/true|commonjs/);
  });
});

describe('what the start script says', () => {
  it('variables, -r and --import are there before the entry, in this order', async () => {
    const app = await runApp({
      files: {
        'server.js': answer(
          '[process.env.NODE_ENV, process.env.A, global.required, global.imported, typeof Reflect.metadata]',
        ),
        'pre.js': 'global.required = process.env.A',
        'pre.mjs': 'globalThis.imported = await Promise.resolve(globalThis.required + 1)',
      },
      settings: {
        env: { NODE_ENV: 'production', A: 'script' },
        requires: ['./pre.js'],
        imports: ['./pre.mjs', 'reflect-metadata'],
      },
    });
    expect((await app.get('/')).body).toBe('production,script,script,script1,function');
  });

  it('a package of the folder that the app runs in', async () => {
    const app = await runApp({
      files: {
        'server/server.js': answer('[globalThis.first]'),
        'server/node_modules/first/package.json': '{ "name": "first", "exports": "./first.mjs" }',
        'server/node_modules/first/first.mjs': 'globalThis.first = 1;',
      },
      settings: { entry: 'server/server.js', root: 'server', imports: ['first'] },
    });
    expect((await app.get('/')).body).toBe('1');
  });

  it('modules of NODE_PATH, which node itself reads only at its start', async () => {
    const app = await runApp({
      files: { 'server.js': answer("[require('live/rooms')]"), 'shared/live/rooms.js': "module.exports = 'found';" },
      settings: { env: { NODE_PATH: 'shared' } },
    });
    expect((await app.get('/')).body).toBe('found');
  });

  it('env files, where this Node reads them, behind the variables', async () => {
    const app = await runApp({
      files: {
        'server.js': answer('[typeof process.loadEnvFile, process.env.A, process.env.B]'),
        'prod.env': 'A=file\nB="from file"\n',
      },
      settings: { env: { A: 'script' }, envFiles: ['none.env?', 'prod.env?'] },
    });
    const line = 'iisnode-sock loader: envFiles are for Node 20.12 and newer\n';
    expect([`function,script,from file`, `undefined,script,${line}`]).toContain(
      (await app.get('/')).body + app.stderr(),
    );
  });

  it('what web.config says comes first', async () => {
    const app = await runApp({
      files: { 'server.js': answer('process.env.NODE_ENV') },
      settings: { env: { NODE_ENV: 'production' } },
      environment: { NODE_ENV: 'staging' },
    });
    expect((await app.get('/')).body).toBe('staging');
  });

  it('by hand, without iisnode, the app listens where it wants', async () => {
    const app = await startApp({
      files: {
        'server.js': `require('http').createServer().listen(0, function () { console.log(this.address().port > 0); })`,
      },
      environment: { PORT: '' },
    });
    await expect.poll(() => app.stdout()).toBe('true\n');
  });
});

describe('cluster', () => {
  const forks = (cluster: string) => `const cluster = ${cluster};
    if (cluster.isMaster || cluster.isPrimary) { for (let i = 0; i < 2; i++) cluster.fork(); }
    else { const server = require('http').createServer((q, s) => s.end('worker ' + cluster.worker.id)); server.listen(3000); }`;

  it.each([
    ['require', { 'server.js': forks(`require('cluster')`) }, 'server.js'],
    ['require node:', { 'server.js': forks(`require('node:cluster')`) }, 'server.js'],
    [
      'import',
      {
        'server.mjs': `import { createRequire } from 'module'; const require = createRequire(import.meta.url);
          import all, { isPrimary } from 'node:cluster'; if (isPrimary) throw new Error('primary'); ${forks('all')}`,
      },
      'server.mjs',
    ],
  ])('an app that forks runs as one worker: %s', async (_, files, entry) => {
    const app = await runApp({ files, settings: { entry } });
    expect((await app.get('/')).body).toBe('worker 1');
    expect(app.stderr()).toMatch(
      /^iisnode-sock loader: cluster: the app runs as one worker.*set nodeProcessCountPerApplication for more\n$/,
    );
  });

  it('the real one stays as it is, also for packages', async () => {
    const app = await runApp({
      files: {
        'server.js': `require('cluster'); ${answer("process.getBuiltinModule ? process.getBuiltinModule('cluster').isPrimary : true")}`,
      },
    });
    expect((await app.get('/')).body).toBe('true');
  });

  it('clusterWorker: false leaves it to the app', async () => {
    const app = await runApp({
      files: { 'server.js': answer(`require('cluster').isPrimary`) },
      settings: { clusterWorker: false },
    });
    expect((await app.get('/')).body).toBe('true');
    expect(app.stderr()).toBe('');
  });

  it('@socket.io/sticky: its worker listens, and the line says what is left out', async () => {
    const app = await runApp({
      files: {
        'server.js': `const cluster = require('cluster'); const http = require('http'); const { Server } = require('socket.io');
          const { setupMaster, setupWorker } = require('@socket.io/sticky');
          const { createAdapter, setupPrimary } = require('@socket.io/cluster-adapter');
          if (cluster.isMaster) {
            const server = http.createServer(); setupMaster(server, {}); setupPrimary(); server.listen(3000); cluster.fork();
          } else {
            const io = new Server(http.createServer()); io.adapter(createAdapter()); setupWorker(io);
            io.on('connection', (socket) => { io.emit('hello', 'all'); });
          }`,
      },
    });
    expect(await hello(app)).toBe('all');
    expect(app.stderr()).toContain('@socket.io/sticky: the app runs as one worker');
  });
});

describe('addresses', () => {
  const seen = `[q.socket.remoteAddress, q.connection.remotePort, q.socket.encrypted]`;
  it.each([
    [{}, '127.0.0.1,0,false'],
    [{ 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' }, '203.0.113.7,0,true'],
    [{ 'X-Forwarded-For': '10.0.0.1, 203.0.113.7', 'X-Forwarded-Proto': 'http' }, '203.0.113.7,0,false'],
    [{ 'X-Forwarded-For': '203.0.113.7:5123' }, '203.0.113.7,5123,false'],
    [{ 'X-Forwarded-For': '2001:db8::1' }, '2001:db8::1,0,false'],
    [{ 'X-Forwarded-For': '[2001:db8::1]:5123' }, '2001:db8::1,5123,false'],
    [{ 'X-Forwarded-For': 'unknown' }, '127.0.0.1,0,false'],
  ])('%j: the request’s socket says %s', async (headers, value) => {
    const app = await runApp({ files: { 'server.js': answer(seen) } });
    expect((await app.get('/', { headers: { ...headers } })).body).toBe(value);
  });

  it('each request of a connection has its own', async () => {
    const app = await runApp({ files: { 'server.js': answer('q.socket.remoteAddress') } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const bodies: string[] = [];
    for (const client of ['203.0.113.1', '203.0.113.2']) {
      bodies.push((await app.get('/', { agent, headers: { 'X-Forwarded-For': client } })).body);
    }
    agent.destroy();
    expect(bodies).toEqual(['203.0.113.1', '203.0.113.2']);
  });

  it('socket.io’s handshake has them, by WebSocket, too', async () => {
    const app = await runApp({
      files: {
        'server.js': `const io = new (require('socket.io').Server)(3000);
          io.on('connection', (socket) => socket.emit('hello', [socket.handshake.address, socket.handshake.secure]));`,
      },
    });
    const extraHeaders = { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' };
    for (const transport of ['websocket', 'polling']) {
      expect(await hello(app, '', { extraHeaders, transports: [transport] })).toEqual(['203.0.113.7', true]);
    }
  });

  it('enableXFF: false gets no header that a client may have written', async () => {
    const app = await runApp({ files: { 'server.js': answer(seen) }, settings: { enableXFF: false } });
    const headers = { 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': 'https' };
    expect((await app.get('/', { headers })).body).toBe('127.0.0.1,0,false');
  });
});

describe('an app that ends says so in iisnode’s log', () => {
  it.each([
    ['a throw at start', `\n\nthrow new Error('no config');`, /an error, at .*server\.js:3:7.*: no config/],
    ['a rejection', `\nPromise.reject(new Error('no config'))`, /server\.js:2:16.*: no config/],
    ['a syntax error', `const a = ;`, /server\.js:1.*: Unexpected token/],
    ['a missing package', `require('not-there')`, /server\.js:1:1.*: Cannot find module 'not-there'/],
    [
      'a connection refused, which has no place',
      `require('net').connect(1, 'localhost')`,
      /in code that is not the app's own: .*ECONNREFUSED/,
    ],
    ['what is no error', `throw 'text'`, /: text/],
    ['nothing', 'throw undefined', /: undefined/],
  ])('%s', async (_, code, line) => {
    const app = await startApp({ files: { 'server.js': code } });
    expect(await app.ended()).toBe(1);
    const lines = app
      .stderr()
      .split('\n')
      .filter((each) => each.startsWith('iisnode-sock loader: '));
    expect(lines.join('\n')).toMatch(line);
  });

  it('an ES module, too', async () => {
    const app = await startApp({
      files: { 'server.mjs': `import './other.mjs';`, 'other.mjs': `\nthrow new Error('no config');` },
      settings: { entry: 'server.mjs' },
    });
    expect(await app.ended()).toBe(1);
    expect(app.stderr()).toMatch(/iisnode-sock loader: .*other\.mjs:2:7.*: no config/);
  });

  it.each([
    ['a syntax error', `const a = ;`, 'Unexpected token'],
    ['a missing module', `import './not-there.mjs';`, 'Cannot find module'],
  ])('an ES module that cannot load: %s', async (_, code, why) => {
    const app = await startApp({ files: { 'server.mjs': code }, settings: { entry: 'server.mjs' } });
    expect(await app.ended()).toBe(1);
    expect(app.stderr()).toContain(`iisnode-sock loader: the app ended with an error, while its modules load: ${why}`);
  });

  it('an end without an error and without a server', async () => {
    const app = await startApp({ files: { 'server.js': 'setTimeout(() => process.exit(3), 50)' } });
    expect(await app.ended()).toBe(3);
    expect(app.stderr()).toBe('iisnode-sock loader: the app ended with exit code 3; no http server had listened\n');
  });

  it('an app that handles its own errors is not changed', async () => {
    const app = await runApp({
      files: {
        'server.js': `process.on('uncaughtException', () => {}); ${answer("'up'")} setTimeout(() => { throw new Error('x') }, 20)`,
      },
    });
    expect((await app.get('/')).body).toBe('up');
    expect(app.stderr()).toBe('');
  });
});

describe('an app in which nothing listens', () => {
  it.each([
    [
      'waits for something',
      'setInterval(() => {}, 1000)',
      'server.js',
      /no http server has listened after 0\.2 s: .*database/,
    ],
    [
      'waits with a top-level await',
      'setInterval(() => {}, 1000); await new Promise(() => {})',
      'server.mjs',
      /top-level await/,
    ],
    [
      'listens with something else',
      `require('net').createServer().listen(0)`,
      'server.js',
      /IIS does not serve port 0: nothing answers/,
    ],
  ])('%s: a line says what may be the reason', async (_, code, entry, line) => {
    const app = await startApp({ files: { [entry]: code }, settings: { entry, listenTimeout: 0.2 } });
    await expect.poll(() => app.stderr()).toMatch(line);
  });
});

describe('a signal', () => {
  it('ends an app that has no way of its own: what is in flight is answered first', async () => {
    const app = await runApp({
      files: {
        'server.js': `require('http').createServer((q, s) => { console.log('in'); setTimeout(() => s.end('done'), 300); }).listen(3000)`,
      },
    });
    const answered = app.get('/');
    await expect.poll(() => app.stdout()).toBe('in\n');
    app.child.kill('SIGTERM');
    expect((await answered).body).toBe('done');
    expect(await app.ended()).toBe(0);
  });

  it('ends it at once when nothing is in flight, whatever timers and idle connections it has', async () => {
    const app = await runApp({ files: { 'server.js': `setInterval(() => {}, 1000); ${answer("'up'")}` } });
    const agent = new Agent({ keepAlive: true });
    expect((await app.get('/', { agent })).body).toBe('up');
    app.child.kill('SIGTERM');
    expect(await app.ended()).toBe(0);
    agent.destroy();
  });

  it('ends an app that does not listen yet', async () => {
    const app = await startApp({ files: { 'server.js': `setInterval(() => {}, 1000); console.log('up')` } });
    await expect.poll(() => app.stdout()).toBe('up\n');
    app.child.kill('SIGTERM');
    expect(await app.ended()).toBe(0);
  });

  it('is left to an app that has', async () => {
    const app = await runApp({
      files: { 'server.js': `process.on('SIGTERM', () => process.exit(7)); ${answer("'up'")}` },
    });
    app.child.kill('SIGTERM');
    expect(await app.ended()).toBe(7);
  });
});
