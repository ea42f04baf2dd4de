import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applicationHostText } from '../src/config/index.js';
import * as library from '../src/index.js';
import { folderWith, webConfig } from './host/harness.js';
import { root } from './support/cli.js';

const { deploy, doctor, init, planCapacity, readLogs, serve, status, trace, undeploy, UserError } = library;
const app = {
  'package.json': '{ "name": "app", "private": true, "main": "server.js" }',
  'server.js': "require('http').createServer((q, s) => s.end(q.url)).listen(process.env.PORT);",
  'web.config': webConfig('<handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers>'),
};

describe('the library', () => {
  it('exports these names, and no others', () => {
    expect(Object.keys(library).sort()).toEqual([
      'UserError',
      'deploy',
      'doctor',
      'exitCodes',
      'explainRule',
      'init',
      'planCapacity',
      'readLogs',
      'releases',
      'rollback',
      'rules',
      'serve',
      'status',
      'trace',
      'undeploy',
      'version',
    ]);
  });

  it('reads no file of the package when it is imported', () => {
    const program = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const calls = [];
      for (const name of ['readFileSync', 'readdirSync', 'openSync', 'readFile', 'readdir', 'opendirSync'])
        { const real = fs[name]; fs[name] = (...args) => { if (!String(args[0]).endsWith('.js')) calls.push(name + ' ' + String(args[0])); return real(...args); }; }
      syncBuiltinESMExports();
      await import(${JSON.stringify(pathToFileURL(path.join(root, 'dist', 'index.js')).href)});
      process.stdout.write(JSON.stringify(calls));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual([]);
  });

  it('serves with times of the pool that run faster, and for a folder without them', async () => {
    const directory = folderWith(app);
    const idle = async (options: { readonly timeScale?: number }): Promise<string> => {
      const codes: string[] = [];
      const served = await serve({ directory, path: '/', onEvent: ({ code }) => void codes.push(code), ...options });
      await (await fetch(`${served.url}server.js`)).text();
      if (options.timeScale !== undefined) await expect.poll(() => codes, { timeout: 60_000 }).toContain('POOL_IDLE');
      await served.close();
      return codes.join(' ');
    };
    expect(await idle({ timeScale: 100_000 })).toContain('POOL_IDLE');
    expect(await idle({})).not.toContain('POOL_IDLE');
  });

  it('serves a folder, traces and examines it; every result has version 1', async () => {
    const directory = folderWith(app);
    const served = await serve({ directory, path: '/' });
    expect(await (await fetch(`${served.url}server.js`)).text()).toBe('/server.js');
    await served.close();
    const traced = await trace({ directory, path: '/', url: '/server.js' });
    expect(traced.outcome).toMatchObject({ kind: 'handler', handler: 'node' });
    const examined = await doctor({ directory });
    const home = await status({ environment: { IISNODE_SOCK_HOME: folderWith() } });
    expect([served, traced, examined, home].map(({ version }) => version)).toEqual([1, 1, 1, 1]);
  });

  it('plans and explains with version 1, too', () => {
    expect(library.planCapacity({ viewers: 100 })).toMatchObject({ version: 1, viewers: 100 });
    expect(library.explainRule('FIXED_PORT')).toMatchObject({ version: 1, code: 'FIXED_PORT' });
  });

  it('fixes an app and gives its files their former content again', async () => {
    const listens = "require('node:http').createServer().listen(3000);\n";
    const directory = folderWith({ ...app, 'server.js': listens });
    const environment = { IISNODE_SOCK_HOME: folderWith() };
    const { summary } = await doctor({ directory, fix: true, only: ['FIXED_PORT'], environment });
    expect(summary.fixed).toBe(1);
    const { version, restored } = await doctor({ directory, unfix: true, environment });
    expect([version, restored]).toEqual([1, [path.join(directory, 'server.js')]]);
    expect(readFileSync(path.join(directory, 'server.js'), 'utf8')).toBe(listens);
    await expect(doctor({ directory, fix: true, unfix: true } as never)).rejects.toMatchObject({
      code: 'UNFIX_WITH_FIX',
    });
  });

  /** A program in JavaScript has no types that would refuse these. */
  it.each<[name: string, call: () => unknown, code: string]>([
    ['serve with a port that is text', () => serve({ port: 'abc' as never }), 'BAD_PORT'],
    ['serve with a scale that is no number', () => serve({ timeScale: 'fast' as never }), 'TIME_SCALE_INVALID'],
    ['serve with a scale of 0', () => serve({ timeScale: 0 }), 'TIME_SCALE_INVALID'],
    ['serve with a port that is too high', () => serve({ port: 70_000 }), 'BAD_PORT'],
    ['trace without a URL', () => trace({} as never), 'BAD_URL'],
    ['planCapacity without viewers', () => library.planCapacity({} as never), 'CAPACITY_INVALID'],
    ['explainRule with an object', () => library.explainRule({ rule: 'FIXED_PORT' } as never), 'UNKNOWN_RULE'],
  ])('throws UserError for %s', async (_, call, code) => {
    await expect((async () => call())()).rejects.toMatchObject({ name: 'UserError', code });
  });

  it('returns the URL that a given applicationHost.config has for the folder', async () => {
    const [directory, other] = [folderWith(app), folderWith()];
    const applications = [
      { path: '/', physicalPath: other },
      { path: '/second', physicalPath: directory },
    ];
    const bindings = [{ protocol: 'http' as const, information: '*:80:' }];
    const text = applicationHostText({
      unlocked: true,
      pools: ['p'],
      sites: [{ name: 's', id: 1, bindings, applications }],
    });
    const apphost = path.join(folderWith({ 'applicationHost.config': text }), 'applicationHost.config');
    const served = await serve({ directory, apphost });
    expect(new URL(served.url).pathname).toBe('/second/');
    await served.close();
  });

  it('stops serving on the signal', async () => {
    const controller = new AbortController();
    const served = await serve({ directory: folderWith(app), path: '/', signal: controller.signal });
    controller.abort();
    await served.close();
    await expect(fetch(served.url)).rejects.toThrow();
  });

  it('refuses what an applicationHost.config decides, as the commands do', async () => {
    const directory = folderWith(app);
    const apps = [{ path: '/b', directory }];
    const refused = (option: string) => ({
      code: 'OPTION_NOT_USED',
      what: `${option} has no effect together with --apphost`,
    });
    const asked = { directory, apphost: 'server.config' };
    await expect(serve({ ...asked, path: '/x' })).rejects.toMatchObject(refused('--path'));
    await expect(serve({ ...asked, apps })).rejects.toMatchObject(refused('--app'));
    await expect(trace({ ...asked, url: '/', path: '/x' })).rejects.toMatchObject(refused('--path'));
    await expect(trace({ ...asked, url: '/', apps })).rejects.toMatchObject(refused('--app'));
  });

  it('traces further applications of the site', async () => {
    const [directory, other] = [folderWith(), folderWith(app)];
    const { outcome } = await trace({
      directory,
      path: '/',
      apps: [{ path: '/b', directory: other }],
      url: '/b/server.js',
    });
    expect(outcome.app).toBe('/b');
  });

  it('deploy checks what several machines need', async () => {
    const source = `const http = require('http').createServer();
const io = new (require('socket.io').Server)(http, { path: '/m/socket.io', transports: ['websocket'] });
io.on('connection', (socket) => socket.on('x', () => io.emit('y')));
http.listen(process.env.PORT);`;
    const directory = folderWith({ ...app, 'server.js': source });
    const environment = { ...process.env, IISNODE_SOCK_HOME: folderWith() };
    const deployed = async (machines?: number): Promise<readonly string[]> => {
      const asked = { directory, environment, path: '/m', to: 'embedded', dryRun: true, force: true };
      const { warnings } = await deploy(machines === undefined ? asked : { ...asked, machines });
      return warnings.map(({ rule }) => rule);
    };
    expect(await deployed()).not.toContain('PROCESSES_WITHOUT_ADAPTER');
    expect(await deployed(2)).toContain('PROCESSES_WITHOUT_ADAPTER');
  });

  it('plans for viewers, and compares an app with the plan', () => {
    expect(planCapacity({ viewers: 100 })).toMatchObject({ version: 1, viewers: 100, fits: true });
    const plan = planCapacity({ viewers: 50_000, machines: 2, directory: folderWith(app) }, 'mine');
    expect(plan).toMatchObject({ version: 1, machines: 2, comparison: { carries: false } });
    expect(JSON.stringify(plan)).toContain('mine');
    expect(() => planCapacity({ viewers: 1, directory: '/no/such/folder' })).toThrow('DIRECTORY_NOT_FOUND');
  });

  it.each([0, 1.5, -1, Number.NaN, 10_001])('takes no %s machines', async (machines) => {
    const directory = folderWith(app);
    const environment = { ...process.env, IISNODE_SOCK_HOME: folderWith() };
    const refused = { code: 'MACHINES_INVALID', exitCode: 2 };
    await expect(doctor({ directory, machines })).rejects.toMatchObject(refused);
    const deploying = deploy({ directory, machines, environment, to: 'embedded', dryRun: true });
    await expect(deploying).rejects.toMatchObject(refused);
  });

  it('refuses an option that an action does not have, and names the one that was meant', async () => {
    const unknown = (what: string, why: string) => ({ code: 'OPTION_UNKNOWN', exitCode: 2, what, why });
    const environment = { ...process.env, IISNODE_SOCK_HOME: folderWith() };
    const calls: readonly [string, (options: object) => Promise<unknown>][] = [
      ['init', (options) => init(options)],
      ['deploy', (options) => deploy(options)],
      ['undeploy', (options) => undeploy(options)],
      ['doctor', (options) => doctor(options)],
      ['serve', (options) => serve(options)],
      ['trace', (options) => trace({ url: '/', ...options })],
      ['status', (options) => status(options)],
      ['planCapacity', async (options) => planCapacity({ viewers: 1, ...options })],
      ['readLogs', (options) => readLogs(options).next()],
    ];
    for (const [name, call] of calls) {
      const misspelt = unknown(`${name}() has no option "enviroment"`, 'Did you mean environment?');
      await expect(call({ enviroment: environment }), name).rejects.toMatchObject(misspelt);
      const none = unknown(`${name}() has no option "qqqqqqqqqq"`, 'It would have no effect.');
      await expect(call({ environment, qqqqqqqqqq: 1 }), name).rejects.toMatchObject(none);
    }
    expect(planCapacity({ viewers: 1, ...{ misspelt: undefined } })).toMatchObject({ version: 1 });
  });

  it('throws UserError with a code for mistakes of a caller', async () => {
    await expect(init({ directory: folderWith(), template: 'nope' })).rejects.toBeInstanceOf(UserError);
    await expect(serve({ directory: '/no/such/folder' })).rejects.toMatchObject({ code: 'DIRECTORY_NOT_FOUND' });
    await expect(trace({ directory: folderWith(), url: 'ftp://elsewhere/' })).rejects.toMatchObject({
      code: 'BAD_URL',
    });
  });
});
