import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { embeddedAppcmd } from '../../src/appcmd/index.js';
import {
  type DeployEvent,
  DeployFailed,
  type DeployOptions,
  deploy,
  readLogs,
  status,
  undeploy,
} from '../../src/deploy/index.js';
import { embeddedStore, type Home, hostStatus, openHome, stopBackgroundHost } from '../../src/host/index.js';
import { probeApp } from '../../src/probe/index.js';
import { freePort } from '../support/free-port.js';
import { makeApp, temporaryDirectory } from './support.js';

const server = `
  const { createServer } = require('node:http');
  const { Server } = require('socket.io');
  const base = process.env.virtualDirPath.replace(/\\/$/, '');
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<script src="' + base + '/socket.io/socket.io.js"></script>');
  });
  new Server(server, { path: base + '/socket.io', transports: ['websocket'] }).on('connection', (socket) => socket.emit('stanza', 1));
  server.listen(process.env.PORT, () => console.log('listening'));
`;
const modules = path.join(import.meta.dirname, '..', '..', 'node_modules');

/** A home of its own, whose host is gone after the test. */
function fresh(vdirPath = '/dante'): { options: DeployOptions; home: Home; directory: string } {
  const environment = { ...process.env, IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const home = openHome(environment);
  onTestFinished(async () => {
    await stopBackgroundHost(home);
  });
  const directory = makeApp({ server, vdirPath });
  symlinkSync(modules, path.join(directory, 'node_modules'), 'junction');
  return { options: { directory, to: 'embedded', port: 0, environment }, home, directory };
}
const configOf = (home: Home): string => readFileSync(home.applicationHostFile, 'utf8');

describe('the embedded IIS', () => {
  it('serves what was deployed; twice changes nothing; status, logs and undeploy know it', {
    timeout: 180_000,
  }, async () => {
    const { options, home, directory } = fresh();
    const events: DeployEvent[] = [];
    const first = await deploy(options, (event) => events.push(event));
    expect(first).toMatchObject({
      target: 'embedded',
      changed: true,
      exit: 'done',
      probe: { ok: true, transport: 'websocket' },
    });
    expect(events.at(-1)).toMatchObject({ step: 'verify', phase: 'done' });
    const port = Number(new URL(first.url ?? '').port);
    // Not one that the system may also give to a connection, before the host has it or after its next start.
    expect(port).toBeGreaterThanOrEqual(10_000);
    expect(port).toBeLessThan(30_000);
    const before = configOf(home);

    const { port: _asked, ...again } = options;
    const second = await deploy(again);
    expect(second).toMatchObject({ changed: false, exit: 'done', url: first.url });
    expect(configOf(home)).toBe(before);

    const now = await status(home);
    expect(now.host?.pid).toBe((await hostStatus(home))?.pid);
    expect(now.sites).toEqual([{ name: 'Default Web Site', bindings: `http/127.0.0.1:${port}:`, state: 'Started' }]);
    expect(now.applications.find((app) => app.path === '/dante')).toMatchObject({
      pool: 'dante',
      physicalPath: directory,
      deployed: true,
      url: first.url,
    });
    expect(now.processes).toMatchObject([
      {
        app: path.join(directory, 'server.js'),
        pool: 'dante',
        module: 'iisnode',
        memory: expect.any(Number),
      },
    ]);
    const lines: string[] = [];
    for await (const line of readLogs({ directory })) lines.push(line.text);
    expect(lines).toContain('listening');

    const appcmd = embeddedAppcmd(embeddedStore(home));
    expect((await appcmd.run(['recycle', 'apppool', 'dante'])).exitCode).toBe(0);
    expect((await probeApp(first.url ?? '')).ok).toBe(true);

    const gone = await undeploy({ directory, environment: options.environment ?? {} });
    expect(gone.said).toEqual([
      'removed the application /dante of "Default Web Site"; its files stay',
      'removed the application pool "dante"',
      'stopped the embedded IIS',
      '"Default Web Site" has its former binding again: *:8080:',
    ]);
    expect(await hostStatus(home)).toBeUndefined();
    expect(existsSync(path.join(directory, 'server.js'))).toBe(true);
    expect(await undeploy({ directory, environment: options.environment ?? {} })).toMatchObject({ changed: false });
  });

  it('serves two apps, one at the root, and stops with the last', async () => {
    const root = fresh('/');
    const first = await deploy(root.options);
    expect(first).toMatchObject({ exit: 'done', plan: { vdirPath: '/' } });
    const below = makeApp({ server, vdirPath: '/below' });
    symlinkSync(modules, path.join(below, 'node_modules'), 'junction');
    const environment = root.options.environment ?? {};
    const second = await deploy({ directory: below, to: 'embedded', environment });
    expect(second).toMatchObject({ exit: 'done', url: `${first.url}below/` });
    expect((await undeploy({ directory: root.directory, environment })).said).toEqual([
      expect.stringContaining('has its former folder again'),
      'removed the application pool "Default Web Site"',
      'the embedded IIS keeps running: 1 other app is deployed',
    ]);
    expect((await probeApp(second.url ?? '')).ok).toBe(true);
    const last = await undeploy({ directory: below, environment });
    expect(last.said).toContain('stopped the embedded IIS');
    // The port was changed for the first app; the last one gives it back.
    expect(last.said).toContain('"Default Web Site" has its former binding again: *:8080:');
    expect((await status(root.home)).sites[0]?.bindings).toBe('http/*:8080:');
    expect(await hostStatus(root.home)).toBeUndefined();
  });

  it('takes everything back when the host cannot start, and says why', async () => {
    const { options, home } = fresh();
    await deploy({ ...options, dryRun: true });
    const before = configOf(home);
    const blocker = createServer();
    onTestFinished(() => void blocker.close());
    // Taken between the check and the start of the host.
    let port = 0;
    const deed = deploy(options, (event) => {
      if (event.step === 'bind-port' && event.phase === 'looked')
        port = Number(/:(\d+):"?$/.exec(event.commands[0] ?? '')?.[1]);
      if (event.step === 'start-host' && event.phase === 'doing') blocker.listen(port, '127.0.0.1');
    });
    await expect(deed).rejects.toMatchObject({ code: 'PORT_TAKEN', exit: 'refused' });
    expect(configOf(home)).toBe(before);
    expect(await hostStatus(home)).toBeUndefined();
  });

  it("gives a site of its own its port, though another program has the empty Default Web Site's", {
    timeout: 180_000,
  }, async () => {
    const { options, home } = fresh('/');
    const blocker = createServer();
    onTestFinished(() => void blocker.close());
    const [taken, port] = [await freePort(), await freePort()];
    await new Promise<void>((resolve) => blocker.listen(taken, '127.0.0.1', resolve));
    const store = embeddedStore(home);
    await store.write((await store.read()).replace('*:8080:', `*:${taken}:`));
    const own = { newSite: 'chat', binding: [`http://127.0.0.1:${port}`] };
    const { port: _free, ...others } = options;
    expect(await deploy({ ...others, ...own })).toMatchObject({ exit: 'done', url: `http://127.0.0.1:${port}/` });
    expect((await status(home)).sites).toMatchObject([
      { name: 'Default Web Site', state: 'Stopped', notBound: expect.stringContaining('empty') },
      { name: 'chat', state: 'Started' },
    ]);
  });

  it('refuses a port that another program holds, before it does anything', async () => {
    const { options, home } = fresh();
    const blocker = createServer();
    onTestFinished(() => void blocker.close());
    const port = await new Promise<number>((resolve) =>
      blocker.listen(0, '127.0.0.1', () => {
        const address = blocker.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    await expect(deploy({ ...options, port })).rejects.toMatchObject({ code: 'PORT_TAKEN', exit: 'refused' });
    expect(configOf(home)).not.toContain('dante');
  });

  it('takes everything back when it is interrupted while it looks at the live app', async () => {
    const { options, home } = fresh();
    await deploy({ ...options, dryRun: true });
    const before = configOf(home);
    const stop = new AbortController();
    const deed = deploy({ ...options, signal: stop.signal }, (event) => {
      if (event.step === 'verify') stop.abort();
    });
    await expect(deed).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(configOf(home)).toBe(before);
    expect(await hostStatus(home)).toBeUndefined();
  });

  it("takes everything back when the app does not work, and gives the app's own error as the reason", {
    timeout: 180_000,
  }, async () => {
    const { options, home, directory } = fresh();
    await deploy({ ...options, dryRun: true });
    const before = configOf(home);
    writeFileSync(path.join(directory, 'server.js'), "require('no-such-package');");
    const events: DeployEvent[] = [];
    const error = await failed(deploy(options, (event) => events.push(event)));
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', exit: 'refused', exitCode: 1 });
    expect(error.what).toContain('/dante/');
    expect(error.what).toContain('everything done before was undone');
    expect(error.why).toContain("Cannot find module 'no-such-package'");
    expect(error.next).toContain(`npm install no-such-package in ${directory}`);
    // Nobody is asked further when node cannot even start: one reason, once.
    expect(error.probe.steps).toMatchObject([{ id: 'page', ok: false }]);
    expect(events.filter(({ phase }) => phase === 'failed')).toMatchObject([{ step: 'verify' }]);
    expect(configOf(home)).toBe(before);
    expect(await hostStatus(home)).toBeUndefined();
    expect(await undeploy({ directory, environment: options.environment ?? {} })).toMatchObject({ changed: false });
  });

  it('keeps a broken app deployed with --no-verify', async () => {
    const { options, home, directory } = fresh();
    writeFileSync(path.join(directory, 'server.js'), "throw new Error('no such luck');");
    const result = await deploy({ ...options, verify: false });
    expect(result).toMatchObject({ exit: 'done', probe: undefined });
    expect(await hostStatus(home)).toBeDefined();
    // A second deployment changes nothing, so there is nothing to take back: it stays as it is.
    const before = configOf(home);
    const { port: _asked, ...again } = options;
    const error = await failed(deploy(again));
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', exit: 'refused' });
    expect(error.what).toContain('nothing was changed');
    expect(error.why).toContain('no such luck');
    expect(configOf(home)).toBe(before);
    expect(await hostStatus(home)).toBeDefined();
  });

  it('goes back to the deployment before when a second one does not work', async () => {
    const { options, home, directory } = fresh();
    const first = await deploy(options);
    const before = configOf(home);
    const other = makeApp({ server: "throw new Error('the second is broken');", name: 'second' });
    const { port: _asked, ...again } = options;
    const error = await failed(deploy({ ...again, directory: other, pool: 'other' }));
    expect(error.why).toContain('the second is broken');
    expect(configOf(home)).toBe(before);
    expect((await probeApp(first.url ?? '')).ok).toBe(true);
    expect((await undeploy({ directory, environment: options.environment ?? {} })).changed).toBe(true);
  });

  it('waits until iisnode gives up on a server that never listens, and says meanwhile that it waits', {
    timeout: 180_000,
  }, async () => {
    const { options, directory } = fresh();
    writeFileSync(path.join(directory, 'server.js'), 'setInterval(() => undefined, 1000);');
    const file = path.join(directory, 'web.config');
    const fewer = readFileSync(file, 'utf8').replace('<iisnode', '<iisnode maxNamedPipeConnectionRetry="14"');
    writeFileSync(file, fewer);
    const events: DeployEvent[] = [];
    const error = await failed(deploy(options, (event) => events.push(event)));
    expect(error.why).toContain('500.1001');
    expect(error.probe.steps).toHaveLength(1);
    expect(events.filter(({ step, phase }) => step === 'verify' && phase === 'doing').at(-1)?.note).toContain(
      'node has not listened yet',
    );
  });

  it('names the WebSocket when the page works but web.config leaves the upgrade to IIS', {
    timeout: 180_000,
  }, async () => {
    const { options, directory } = fresh();
    const file = path.join(directory, 'web.config');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/<webSocket enabled="false"\s*\/>/, ''));
    const error = await failed(deploy(options));
    expect(error.what).toContain('the WebSocket');
    expect(error.why).toContain('WebSocket module');
    expect(error.next).toContain('doctor');
    expect(error.probe.steps.map(({ ok }) => ok)).toEqual([true, true, true, false]);
  });
});

async function failed(deed: Promise<unknown>): Promise<DeployFailed> {
  const error = await deed.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof DeployFailed)) throw new Error('it did not fail as expected', { cause: error });
  return error;
}
