import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, gatherFacts, hasAdapter } from '../../src/doctor/index.js';
import { isAdapterPackage } from '../../src/source/adapter-package.js';
import { copyOf } from './expect-codes.js';

const only = ['PROCESSES_WITHOUT_ADAPTER'];

/** The app with several processes and this server. */
function appWith(code: string, files: Readonly<Record<string, string>> = {}): string {
  const cwd = copyOf('processes-broadcast');
  const server = `const io = require('socket.io')(require('http').createServer());\n${code}\nio.emit('x');\n`;
  for (const [name, text] of Object.entries({ 'server.js': server, ...files })) {
    mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    writeFileSync(path.join(cwd, name), text);
  }
  return cwd;
}

describe('the name of a package', () => {
  it.each([
    '@socket.io/redis-adapter',
    '@socket.io/redis-streams-adapter',
    '@socket.io/mongo-adapter',
    '@socket.io/postgres-adapter',
    '@socket.io/azure-service-bus-adapter',
    '@azure/web-pubsub-socket.io',
    'socket.io-redis',
    'socket.io-redis-adapter',
    '@sailshq/socket.io-redis',
    '@mickl/socket.io-nats-adapter',
    '@nestjs-redis/socket.io-adapter',
    'socket.io-adapter-mongo',
    'ms-socket.io-adapter-amqp',
    'socket.io-mongodb',
  ])('%s says that it joins processes', (name) => expect(isAdapterPackage(name)).toBe(true));

  it.each([
    'socket.io-adapter', // the one in memory
    '@socket.io/component-emitter',
    '@socket.io/redis-emitter',
    'socket.io-emitter',
    '@socket.io/cluster-adapter',
    '@socket.io/sticky',
    'socketio-sticky-session',
    '@types/socket.io-redis',
    'socket.io',
    'socket.io-client',
    'socket.io-parser',
    'iobroker.socketio',
    'p3x-redis-ui-server',
    'redis',
  ])('%s does not', (name) => expect(isAdapterPackage(name)).toBe(false));
});

describe('an adapter', () => {
  it.each([
    "io.adapter(require('socket.io-redis')({ host: 'x' }));",
    'io.adapter(mine(client));',
    "io.adapter(require('some-adapter')(client));",
    "require('socket.io')(server, { adapter: mine(client) });",
    "require('socket.io')(server, { adapter: require('some-adapter')(client) });",
    'const options = { adapter: mine(client) }; makeServer(http, options);',
    "makeServer(http, { adapter: require('@socket.io/redis-adapter').createAdapter(a, b) });",
    "const { useAzureSocketIO } = require('@azure/web-pubsub-socket.io'); useAzureSocketIO(io, {});",
  ])('is seen in %s', (code) => expect(hasAdapter(gatherFacts('.', { cwd: appWith(code) }))).toBe(true));

  it.each([
    "const { PrismaClient } = require('@prisma/client'); new PrismaClient({ adapter: pool });",
    "const { PrismaPg } = require('@prisma/adapter-pg'); new Client({ adapter: new PrismaPg({}) });",
    "require('axios').create({ adapter: custom });",
    "const config = { adapter: 'sails-disk' };",
    "database.adapter('memory');",
    "io.of('/').adapter.on('create-room', log);",
    "const { createAdapter } = require('@socket.io/cluster-adapter'); io.adapter(createAdapter());",
  ])('is not seen in %s', (code) => expect(hasAdapter(gatherFacts('.', { cwd: appWith(code) }))).toBe(false));

  it('may be the business of another package of the workspace', async () => {
    const manifest = JSON.stringify({ name: '@app/live', dependencies: { '@socket.io/redis-adapter': '8' } });
    const cwd = appWith("require('@app/live')(io);", { 'packages/live/package.json': manifest });
    expect((await diagnose('.', { cwd, only })).findings).toEqual([]);
  });

  it("of node's cluster is reported as wrong", async () => {
    const cwd = appWith(
      "const { createAdapter } = require('@socket.io/cluster-adapter'); io.adapter(createAdapter());",
    );
    const [finding] = (await diagnose('.', { cwd, only })).findings;
    expect(finding?.message).toContain("@socket.io/cluster-adapter connects the workers of node's cluster");
  });
});

describe('several machines', () => {
  it('that share an app of one process each need an adapter as well', async () => {
    const cwd = appWith('');
    writeFileSync(path.join(cwd, 'iisnode.yml'), 'nodeProcessCountPerApplication: 1\n');
    expect((await diagnose('.', { cwd, only })).findings).toEqual([]);
    const { findings } = await diagnose('.', { cwd, only, machines: 3 });
    expect(findings).toMatchObject([
      { rule: 'PROCESSES_WITHOUT_ADAPTER', severity: 'warning', line: 3, file: path.join(cwd, 'server.js') },
    ]);
    expect(findings[0]?.message).toContain('3 machines run the app, and there is no adapter');
    expect(findings[0]?.fix).not.toContain('nodeProcessCountPerApplication');
    writeFileSync(path.join(cwd, 'server.js'), "const io = require('socket.io')(s); io.adapter(a); io.emit('x');");
    expect((await diagnose('.', { cwd, only, machines: 3 })).findings).toEqual([]);
  });

  it('with several processes each are both said', async () => {
    const { findings } = await diagnose('.', { cwd: appWith(''), only, machines: 2 });
    expect(findings[0]?.message).toMatch(/2 machines run the app, and nodeProcessCountPerApplication is \d/);
  });

  it('are not needed by an app that sends only to its own clients', async () => {
    expect((await diagnose('.', { cwd: copyOf('processes-local-only'), only, machines: 2 })).findings).toEqual([]);
  });
});
