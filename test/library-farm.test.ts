import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deploy } from '../src/index.js';
import { folderWith, webConfig } from './host/harness.js';

const files = {
  'server.js': "require('http').createServer((q, s) => s.end(q.url)).listen(process.env.PORT);",
  'web.config': webConfig('<handlers><add name="node" path="server.js" verb="*" modules="iisnode" /></handlers>'),
};
const manifest = (targets: object) => ({
  'package.json': JSON.stringify({ name: 'app', private: true, main: 'server.js', 'iisnode-sock': { targets } }),
});

/** An app, and a folder for scripts, which stand for servers. */
function world(targets: object = {}) {
  const directory = folderWith({ ...files, ...manifest(targets) });
  const scripts = folderWith();
  const environment = { ...process.env, IISNODE_SOCK_HOME: folderWith() };
  const script = (name: string): string => path.join(scripts, name);
  return { script, asked: { directory, environment, path: '/dante', pool: 'dante' } };
}

describe('deploy() to several servers', () => {
  it('has a result for each, and events that name their server', async () => {
    const { script, asked } = world();
    const to = [script('one.bat'), script('two.ps1')];
    const of: string[] = [];
    const { servers, exit, version } = await deploy({ ...asked, to, onEvent: ({ server }) => of.push(server) });
    expect([version, exit]).toEqual([1, 'done']);
    expect(servers.map(({ server, outcome }) => [server, outcome])).toEqual(to.map((one) => [one, 'done']));
    expect(to.every((one) => existsSync(one) && of.includes(one))).toBe(true);
  });

  it('puts back those before one that fails, and throws what became of each', async () => {
    const { script, asked } = world();
    const to = [script('one.bat'), script('two.bat'), script('three.bat')];
    mkdirSync(script('two.bat')); // no script can be written there
    await expect(deploy({ ...asked, to })).rejects.toMatchObject({
      name: 'UserError',
      code: 'FARM_FAILED',
      exit: expect.not.stringMatching('done'),
      why: expect.stringContaining('two.bat'),
      servers: [
        { server: to[0], outcome: 'undone' },
        { server: to[1], outcome: 'failed', error: { code: 'FILE_NOT_REGULAR' } },
        { server: to[2], outcome: 'waiting' },
      ],
    });
    expect(to.map((one) => existsSync(one))).toEqual([false, true, false]);
  });

  it('refuses a server that no deployment could reach before it begins with another one', async () => {
    const { script, asked } = world();
    const to = [script('one.bat'), script('no such folder/two.bat')];
    const refused = { code: 'SCRIPT_FOLDER_NOT_FOUND', exit: 'usage' };
    await expect(deploy({ ...asked, to, keepGoing: true })).rejects.toMatchObject(refused);
    expect(existsSync(to[0] ?? '')).toBe(false);
  });

  it('goes on with keepGoing, and throws at the end when one has failed', async () => {
    const { script, asked } = world();
    const to = [script('one.bat'), script('two.bat')];
    mkdirSync(script('one.bat'));
    await expect(deploy({ ...asked, to, keepGoing: true })).rejects.toMatchObject({
      code: 'FARM_FAILED',
      servers: [{ outcome: 'failed' }, { outcome: 'done' }],
    });
    expect(existsSync(to[1] ?? '')).toBe(true);
  });

  it('takes a target of package.json, and what is given wins', async () => {
    const { script, asked } = world({ production: { to: ['one.bat', 'two.bat'], pool: 'of the file', site: 'Chat' } });
    const { directory, environment } = asked;
    const to = [script('one.bat')];
    const { servers } = await deploy({ directory, environment, path: '/dante', target: 'production', to, pool: 'own' });
    expect(servers).toMatchObject([{ outcome: 'done', result: { plan: { siteName: 'Chat', poolName: 'own' } } }]);
    await expect(deploy({ ...asked, target: 'prodction' })).rejects.toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });

  it('refuses what has no meaning', async () => {
    const { script, asked } = world();
    const to = [script('one.bat'), script('two.bat')];
    await expect(deploy({ ...asked, to: [] })).rejects.toMatchObject({ code: 'SERVERS_MISSING' });
    for (const parallel of [0, 1.5, Number.NaN]) {
      await expect(deploy({ ...asked, to, parallel })).rejects.toMatchObject({ code: 'PARALLEL_INVALID' });
    }
    await expect(deploy({ ...asked, to, paralel: 2 } as never)).rejects.toMatchObject({ code: 'OPTION_UNKNOWN' });
    await expect(deploy({ ...asked, to: to[0], parallel: 2 } as never)).rejects.toMatchObject({
      code: 'OPTION_UNKNOWN',
    });
    expect(to.some((one) => existsSync(one))).toBe(false);
  });
});
