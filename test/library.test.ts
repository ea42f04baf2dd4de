import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applicationHostText } from '../src/config/index.js';
import * as library from '../src/index.js';
import { folderWith, webConfig } from './host/harness.js';
import { root } from './support/cli.js';

const { doctor, init, serve, status, trace, UserError } = library;
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

  it('throws UserError with a code for mistakes of a caller', async () => {
    await expect(init({ directory: folderWith(), template: 'nope' })).rejects.toBeInstanceOf(UserError);
    await expect(serve({ directory: '/no/such/folder' })).rejects.toMatchObject({ code: 'DIRECTORY_NOT_FOUND' });
    await expect(trace({ directory: folderWith(), url: 'ftp://elsewhere/' })).rejects.toMatchObject({
      code: 'BAD_URL',
    });
  });
});
