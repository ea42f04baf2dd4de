import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLoaderText } from '../../src/source/index.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const manifest = (more: object): string => JSON.stringify({ name: 'app', ...more });

/** The pattern of URLs at which web.config corrects Firefox's upgrades. */
const upgradesIn = (webConfig: string): string | undefined =>
  /<rule name="Firefox upgrade">\s*<match url="([^"]*)"/.exec(webConfig)?.[1];

async function adopted(files: Record<string, string>) {
  const directory = folderWith(files);
  const { findings } = await init({ directory }, talk());
  const textOf = (name: string): string => readFileSync(path.join(directory, name), 'utf8');
  const loader = readLoaderText({ file: 'iisnode-entry.cjs', text: textOf('iisnode-entry.cjs') });
  return {
    told: findings.map(({ rule }) => rule),
    upgrades: upgradesIn(textOf('web.config')),
    setting: (name: string): unknown => loader?.settings.get(name)?.value,
  };
}

describe('an app of another style', () => {
  it('feathers brings socket.io by a package of its own', async () => {
    const { told, upgrades } = await adopted({
      'package.json': manifest({ type: 'module', dependencies: { '@feathersjs/socketio': '5' } }),
      'app.js': `import { koa } from '@feathersjs/koa'; import { feathers } from '@feathersjs/feathers';
        import socketio from '@feathersjs/socketio';
        const app = koa(feathers()); app.configure(socketio()); app.listen(3030);`,
    });
    expect({ told, upgrades }).toEqual({ told: [], upgrades: '^socket\\.io(/|$)' });
  });

  it('an engine that the app attaches to its own router has the path of that router', async () => {
    const { told, upgrades } = await adopted({
      'package.json': manifest({ dependencies: { 'socket.io': '4', 'engine.io': '6' } }),
      'app.js': `const { Server } = require('socket.io'); const { Server: Engine } = require('engine.io');
        const engine = new Engine(); const io = new Server(); io.bind(engine);
        const server = require('http').createServer((q, s) => q.url.startsWith('/engine/') ? engine.handleRequest(q, s)
          : require('fs').createReadStream('index.html').pipe(s));
        server.on('upgrade', (q, s, h) => engine.handleUpgrade(q, s, h)); server.listen(process.env.PORT);`,
      'index.html': `<script src="https://cdn.socket.io/4.8.1/socket.io.min.js"></script><script>io({ path: '/engine/' })</script>`,
    });
    expect({ told, upgrades }).toEqual({ told: [], upgrades: '.*' });
  });

  it.each([
    ['options of a configuration file', `require('socket.io')(server, require('./settings.json').io)`],
    [
      'a path of a configuration file',
      `new (require('socket.io').Server)(server, { path: require('./settings.json').path })`,
    ],
    ['a path of the environment', `new (require('socket.io').Server)(server, { path: process.env.SOCKETS })`],
  ])('socket.io may be at any path: %s', async (_what, made) => {
    const { upgrades } = await adopted({
      'package.json': manifest({ dependencies: { 'socket.io': '4' } }),
      'settings.json': '{ "path": "/live", "io": { "path": "/live" } }',
      'app.js': `const server = require('http').createServer(); ${made}; server.listen(process.env.PORT);`,
    });
    expect(upgrades).toBe('.*');
  });

  it('socket.io is at its usual path', async () => {
    const { upgrades } = await adopted({
      'package.json': manifest({ dependencies: { 'socket.io': '4' } }),
      'app.js': `const server = require('http').createServer();
        new (require('socket.io').Server)(server, { pingInterval: Number(process.env.PING) }); server.listen(process.env.PORT);`,
    });
    expect(upgrades).toBe('^socket\\.io(/|$)');
  });

  it('a command of a package is the server, and starts main', async () => {
    const { told, setting } = await adopted({
      'package.json': manifest({ main: 'api.js', scripts: { start: 'micro' }, dependencies: { micro: '10' } }),
      'api.js': `module.exports = () => 'micro';`,
      'node_modules/micro/package.json': '{ "name": "micro", "bin": { "micro": "./dist/bin/micro.js" } }',
      'node_modules/micro/dist/bin/micro.js': `require('http').createServer().listen(process.env.PORT || 3000);`,
    });
    expect(told).toEqual([]);
    expect([setting('entry'), setting('root')]).toEqual(['node_modules/micro/dist/bin/micro.js', '.']);
  });
});
