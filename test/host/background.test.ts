import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { processExists, takeLock } from '../../src/files/index.js';
import { lockHome } from '../../src/host/background/lock.js';
import {
  embeddedStore,
  type Home,
  hostStatus,
  openHome,
  startBackgroundHost,
  stopBackgroundHost,
} from '../../src/host/index.js';
import { folderWith, put, request, webConfig } from './harness.js';

const root = path.join(import.meta.dirname, '..', '..');
const built = path.join(root, 'test', '.cache', `daemon-${process.pid}`);
const daemon = path.join(built, 'daemon.mjs');

beforeAll(async () => {
  await build({
    entryPoints: { daemon: path.join(root, 'src/host/daemon.ts'), starter: path.join(root, 'src/host/index.ts') },
    outdir: built,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { BUILD_VERSION: '"0.0.0"' },
    logLevel: 'error',
  });
  copyFileSync(path.join(root, 'src/host/iisnode/interceptor.cjs'), path.join(built, 'interceptor.cjs'));
});
afterAll(() => rmSync(built, { recursive: true, force: true }));

const freePort = async (): Promise<number> => {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const gone = async (pid: number): Promise<void> => {
  await expect.poll(() => processExists(pid), { interval: 5 }).toBe(false);
};

/** A fresh home whose site is bound to a free port; its host is stopped when the test ends. */
async function freshHome(): Promise<{ home: Home; port: number }> {
  const home = openHome({ ...process.env, IISNODE_SOCK_HOME: path.join(folderWith(), 'home') });
  const port = await freePort();
  const store = embeddedStore(home);
  await store.write((await store.read()).replace('*:8080:', `*:${port}:`));
  onTestFinished(async () => {
    await stopBackgroundHost(home);
  });
  return { home, port };
}

const start = (home: Home) => startBackgroundHost(home, { daemon });

describe('the home', () => {
  it('is $IISNODE_SOCK_HOME, else a folder of the platform’s state directory', () => {
    expect(openHome({ IISNODE_SOCK_HOME: path.resolve('/x/y') }).directory).toBe(path.resolve('/x/y'));
    if (process.platform === 'linux') {
      expect(openHome({ HOME: '/home/a' }).directory).toBe('/home/a/.local/state/iisnode-sock');
      expect(openHome({ HOME: '/home/a', XDG_STATE_HOME: '/s' }).directory).toBe('/s/iisnode-sock');
    }
    expect(() => openHome({ IISNODE_SOCK_HOME: 'relative' })).toThrow(expect.objectContaining({ code: 'BAD_HOME' }));
  });

  it('gets an applicationHost.config like a fresh IIS on first use, and keeps the one it has', async () => {
    const home = openHome({ IISNODE_SOCK_HOME: path.join(folderWith(), 'deep', 'home') });
    const store = embeddedStore(home);
    const text = await store.read();
    expect(text).toContain('Default Web Site');
    expect(text).toContain('*:8080:');
    expect(text).toMatch(/name="handlers"[^>]*overrideModeDefault="Deny"/);
    await store.write(text.replace('8080', '8081'));
    expect(await store.read()).toContain('*:8081:');
    expect(await store.running()).toBe(false);
  });
});

describe('the background host', () => {
  it('starts once, serves, tells its status, and stops without a trace', async () => {
    const { home, port } = await freshHome();
    put(home.wwwroot, 'a.txt', 'here');
    const started = await start(home);
    expect(started).toMatchObject({ started: true, addresses: [{ siteName: 'Default Web Site', port }] });
    expect((await request(port, '/a.txt')).body).toBe('here');
    expect(await start(home)).toMatchObject({ started: false, pid: started.pid });
    expect(await hostStatus(home)).toMatchObject({ pid: started.pid });
    expect(JSON.parse(readFileSync(home.hostFile, 'utf8'))).toMatchObject({ pid: started.pid });
    expect(await embeddedStore(home).running()).toBe(true);
    expect(await stopBackgroundHost(home)).toBe(true);
    expect(processExists(started.pid)).toBe(false);
    expect(await hostStatus(home)).toBeUndefined();
    expect(await stopBackgroundHost(home)).toBe(false);
    for (const file of [home.hostFile, home.lockFile, home.controlPipe]) expect(existsSync(file)).toBe(false);
    expect(readFileSync(home.logFile, 'utf8')).toMatch(/HOST_STARTED[\s\S]*HOST_STOPPED/);
  });

  it('obeys a written configuration at once, new ports included', async () => {
    const { home, port } = await freshHome();
    await start(home);
    const other = await freePort();
    const store = embeddedStore(home);
    put(home.wwwroot, 'a.txt', 'x');
    const { since } = (await hostStatus(home)) ?? {};
    await store.write((await store.read()).replace(`*:${port}:`, `*:${other}:`));
    expect(since).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect((await hostStatus(home))?.since).toBe(since);
    expect(JSON.parse(readFileSync(home.hostFile, 'utf8'))).toMatchObject({ since });
    expect((await request(other, '/a.txt')).status).toBe(200);
    await expect(request(port, '/a.txt')).rejects.toThrow(/ECONNREFUSED/);
    expect((await hostStatus(home))?.addresses).toMatchObject([{ port: other }]);
  });

  it('stops and starts sites, and recycles and stops pools', async () => {
    const { home, port } = await freshHome();
    put(home.wwwroot, 'a.txt', 'x');
    const store = embeddedStore(home);
    await expect(store.signal('recycle', 'apppool', 'DefaultAppPool')).rejects.toMatchObject({
      code: 'HOST_NOT_RUNNING',
    });
    await start(home);
    await store.signal('stop', 'site', 'Default Web Site');
    await expect(request(port, '/a.txt')).rejects.toThrow(/ECONNREFUSED/);
    await store.signal('start', 'site', 'Default Web Site');
    expect((await request(port, '/a.txt')).status).toBe(200);
    await store.signal('stop', 'apppool', 'DefaultAppPool');
    expect((await request(port, '/a.txt')).status).toBe(503);
    await store.signal('start', 'apppool', 'DefaultAppPool');
    await store.signal('recycle', 'apppool', 'DefaultAppPool');
    expect((await request(port, '/a.txt')).status).toBe(200);
  });

  it('says why it cannot start, and leaves the lock free', async () => {
    const { home, port } = await freshHome();
    put(home.wwwroot, 'a.txt', 'x');
    const taken = net.createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    await expect(start(home)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => taken.close(resolve));
    expect(existsSync(home.lockFile)).toBe(false);
    put(home.directory, 'applicationHost.config', '<configuration>');
    await expect(start(home)).rejects.toMatchObject({ code: 'CONFIG_ERROR' });
  });

  it('runs once: of several started at the same time one runs, and all callers get that one', async () => {
    const { home } = await freshHome();
    const results = await Promise.all([start(home), start(home), start(home)]);
    expect(new Set(results.map(({ pid }) => pid)).size).toBe(1);
    expect(results.filter(({ started }) => started)).toHaveLength(1);
  });

  it('takes over a lock whose owner is dead, or whose file is torn', async () => {
    const { home } = await freshHome();
    const first = await start(home);
    process.kill(first.pid, 'SIGKILL');
    await gone(first.pid);
    expect(existsSync(home.lockFile)).toBe(true);
    const second = await start(home);
    expect(second.started).toBe(true);
    await stopBackgroundHost(home);
    writeFileSync(home.lockFile, '{"pid":');
    expect((await start(home)).started).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['no JSON', 'hello'],
    ['null', 'null'],
    ['binary', Buffer.from([0, 200, 255, 10, 1])],
    ['of a time in the future', JSON.stringify({ pid: process.pid, token: 't', since: Date.now() + 1e10 })],
    ['of a time beyond all dates', JSON.stringify({ pid: process.pid, token: 't', since: 1e300 })],
    ['of a negative time', JSON.stringify({ pid: process.pid, token: 't', since: -1 })],
    ['of a time that is a string', JSON.stringify({ pid: process.pid, token: 't', since: 'now' })],
    ['of no process', JSON.stringify({ pid: -1, token: 't', since: Date.now() })],
  ])('takes over a lock that is %s, though a process of that number runs: it does not answer', async (_what, text) => {
    const { home } = await freshHome();
    writeFileSync(home.lockFile, text);
    expect((await start(home)).started).toBe(true);
  });

  it('does not start on a lock that is a folder, and says what to do', async () => {
    const { home } = await freshHome();
    mkdirSync(home.lockFile);
    await expect(start(home)).rejects.toMatchObject({
      code: 'LOCK_UNUSABLE',
      what: expect.stringContaining(home.lockFile),
      next: expect.stringContaining('remove it'),
      exit: 'refused',
    });
    expect(await hostStatus(home)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('says who has the lock, whatever time it was taken', async () => {
    const { home } = await freshHome();
    const lock = await takeLock(home.lockFile, { command: 'the background host', patience: 0 });
    const own = JSON.parse(readFileSync(home.lockFile, 'utf8')) as object;
    for (const since of [Date.now(), Date.now() + 1e10, 1e300, -1, 'now', null]) {
      writeFileSync(home.lockFile, JSON.stringify({ ...own, since }));
      // It holds the lock and never answers: nobody else's host starts, and nobody waits for it for long.
      const error: unknown = await lockHome(home).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'HOME_LOCKED', why: expect.stringContaining(`process ${process.pid}`) });
    }
    lock.release();
  });

  it.runIf(process.platform !== 'win32')('ends on SIGTERM with its node processes', async () => {
    const { home, port } = await freshHome();
    const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
    put(
      home.wwwroot,
      'server.js',
      "require('node:http').createServer((q, s) => s.end(String(process.pid))).listen(process.env.PORT)",
    );
    put(home.wwwroot, 'web.config', webConfig(handlers));
    const store = embeddedStore(home);
    const text = await store.read();
    await store.write(text.replace(/(name="handlers"[^>]*overrideModeDefault=)"Deny"/, '$1"Allow"'));
    const { pid } = await start(home);
    const child = Number((await request(port, '/server.js')).body);
    expect(processExists(child)).toBe(true);
    process.kill(pid, 'SIGTERM');
    await gone(pid);
    expect(processExists(child)).toBe(false);
    expect(existsSync(home.lockFile)).toBe(false);
  });

  it('does not depend on the process that started it', async () => {
    const { home, port } = await freshHome();
    put(home.wwwroot, 'a.txt', 'x');
    const code = `import { startBackgroundHost, openHome } from ${JSON.stringify(path.join(built, 'starter.mjs'))};
      await startBackgroundHost(openHome(process.env), { daemon: ${JSON.stringify(daemon)} });`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, IISNODE_SOCK_HOME: home.directory },
      stdio: 'inherit',
    });
    const exit = await new Promise((resolve) => starter.once('exit', resolve));
    expect(exit).toBe(0);
    expect((await request(port, '/a.txt')).status).toBe(200);
  });
});
