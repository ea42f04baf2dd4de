import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Appcmd } from '../../src/appcmd/index.js';
import { type DeployOptions, deploy, undeploy } from '../../src/deploy/index.js';
import { freshWorld } from '../appcmd/support.js';
import { makeApp, temporaryDirectory } from './support.js';

const wwwroot = 'C:\\inetpub\\wwwroot';

/** An IIS that is the embedded appcmd in memory, with an app for the root of a site. */
function machine(options: { readonly vdirPath?: string } = {}) {
  const directory = makeApp({ vdirPath: options.vdirPath ?? '/', name: 'chat' });
  const world = freshWorld();
  const ran: string[][] = [];
  const appcmd: Appcmd = {
    format: (args) => world.appcmd.format(args),
    run(args) {
      if (args[0] !== 'list') ran.push([...args]);
      return world.appcmd.run(args);
    },
  };
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  return {
    world,
    ran,
    directory,
    deploy: (changes: Partial<DeployOptions> = {}) =>
      deploy({ directory, appcmd, environment, verify: false, ...changes }),
    undeploy: () => undeploy({ directory, appcmd, environment }),
    roots: async () => (await world.run('list', 'vdir', '/text:physicalPath')).lines,
  };
}

describe('the root of a site of IIS that serves another folder', () => {
  it('is not replaced silently: the error names every alternative, and nothing was changed', async () => {
    const { world, ran, directory, ...run } = machine();
    const before = world.store.text;
    await expect(run.deploy()).rejects.toMatchObject({
      code: 'SITE_ROOT_IN_USE',
      exit: 'refused',
      what: `the root of the site "Default Web Site" is the folder ${wwwroot}`,
      next: expect.stringMatching(
        /deploy \S+chat --new-site NAME --binding http:\/\/HOST .*--port 8090.*--site "Default Web Site".*--force/,
      ),
    });
    await expect(run.deploy({ dryRun: true })).rejects.toMatchObject({ code: 'SITE_ROOT_IN_USE' });
    expect(ran).toEqual([]);
    expect(world.store.text).toBe(before);
    expect(await run.roots()).toEqual([wwwroot]);
  });

  it.each<[string, Partial<DeployOptions>]>([
    ['its site is named', { site: 'Default Web Site' }],
    ['it is forced', { force: true }],
  ])(
    'is replaced if %s; deployed again without that nothing is to do, and undeploy restores it',
    async (_how, asked) => {
      const { directory, ...run } = machine();
      expect((await run.deploy(asked)).changed).toBe(true);
      expect(await run.roots()).toEqual([directory]);
      expect((await run.deploy()).changed).toBe(false);
      await run.undeploy();
      expect(await run.roots()).toEqual([wwwroot]);
      await expect(run.deploy()).rejects.toMatchObject({ code: 'SITE_ROOT_IN_USE' });
    },
  );

  it('is not replaced by a second app of ours either', async () => {
    const { directory, ...run } = machine();
    await run.deploy({ force: true });
    const other = makeApp({ vdirPath: '/', name: 'other' });
    await expect(run.deploy({ directory: other })).rejects.toMatchObject({
      code: 'SITE_ROOT_IN_USE',
      what: expect.stringContaining(directory),
    });
    expect(await run.roots()).toEqual([directory]);
  });

  it('stays beside a site that deploy creates, and beside a virtual directory', async () => {
    const own = machine();
    await own.deploy({ newSite: 'chat', binding: ['http://chat.example.com'] });
    expect(await own.roots()).toEqual([wwwroot, own.directory]);
    expect((await own.deploy()).changed).toBe(false);
    const below = machine({ vdirPath: '/chat' });
    await below.deploy();
    expect(await below.roots()).toEqual([wwwroot, below.directory]);
  });

  it('is not replaced by a script either, which is not written', async () => {
    const { directory, ...run } = machine();
    const file = path.join(temporaryDirectory(), 'deploy.bat');
    await expect(run.deploy({ to: file })).rejects.toMatchObject({
      code: 'SITE_ROOT_IN_USE',
      next: expect.stringContaining(`${path.basename(directory)} --to ${file} --new-site NAME`),
    });
    expect(existsSync(file)).toBe(false);
    expect((await run.deploy({ to: file, site: 'Default Web Site' })).changed).toBe(true);
    expect(existsSync(file)).toBe(true);
  });
});

it('a dry run for IIS where there is none says the same of the root', async () => {
  const directory = makeApp({ vdirPath: '/' });
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const dry = (changes: Partial<DeployOptions>) =>
    deploy({ directory, environment, to: 'iis', dryRun: true, ...changes });
  await expect(dry({})).rejects.toMatchObject({ code: 'SITE_ROOT_IN_USE' });
  expect((await dry({ force: true })).changed).toBe(true);
});
