import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DeploymentRecord, type EmbeddedStatus, status } from '../../src/deploy/index.js';
import { readJournal } from '../../src/deploy/releases/journal.js';
import { UserError } from '../../src/errors.js';
import { openHome } from '../../src/host/index.js';
import { deploy, releases, rollback, undeploy } from '../../src/library.js';
import { freshWorld } from '../appcmd/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** IIS in memory, a home of its own, and an app. */
function iis() {
  const world = freshWorld(undefined, true);
  const directory = makeApp({ server: 'one();' });
  const home = path.join(temporaryDirectory(), 'home');
  const options = { directory, to: 'iis', appcmd: world.appcmd, environment: { IISNODE_SOCK_HOME: home } };
  const base = path.join(home, 'apps', 'Default Web Site+dante');
  const journal = () =>
    readJournal(base).map(({ command, outcome, release, folder, from }) => ({
      command,
      outcome,
      release,
      folder,
      from,
    }));
  const state = (): Promise<EmbeddedStatus> => status(openHome(options.environment), { appcmd: world.appcmd });
  return { world, directory, home, options, base, journal, state };
}

describe('the journal', () => {
  it('has a line for each deployment in place, each release, each rollback and each undeploy; status shows the last', async () => {
    const { directory, options, journal, state, base } = iis();
    await deploy({ ...options, verify: false });
    expect(await deploy({ ...options, verify: false })).toMatchObject({ changed: false });
    const inPlace = { command: 'deploy', outcome: 'done', release: undefined, folder: directory, from: undefined };
    expect(journal()).toEqual([inPlace]);
    expect((await state()).iis).toMatchObject({
      sites: [{ name: 'Default Web Site', state: 'Started' }],
      applications: [{ path: '/' }, { path: '/dante', pool: 'dante', deployed: true, physicalPath: directory }],
      pools: expect.arrayContaining([{ name: 'dante', state: 'Started' }]),
      deployed: [{ site: 'Default Web Site', path: '/dante', release: undefined, last: { command: 'deploy' } }],
    });

    const first = await deploy({ ...options, verify: false, releases: 3 });
    expect(first.before).toEqual({ was: 'folder', directory });
    writeFileSync(path.join(directory, 'server.js'), 'two();');
    const second = await deploy({ ...options, verify: false });
    const ids = [first, second].map(({ plan }) => plan.release?.id ?? '');
    expect(second.before).toEqual({ was: 'release', release: ids[0] });
    const { version, releases: kept } = await releases(options);
    // Two of one second are sorted by their hashes.
    expect([version, kept.map(({ id, live }) => `${id} ${live}`).sort()]).toEqual([
      1,
      [`${ids[0]} false`, `${ids[1]} true`].sort(),
    ]);
    const back = await rollback({ ...options, release: ids[0] ?? '', verify: false });
    expect(back).toMatchObject({ version: 1, changed: true, before: { was: 'release', release: ids[1] } });
    expect((await state()).iis?.deployed).toMatchObject([
      { release: ids[0], last: { command: 'rollback', from: ids[1] } },
    ]);

    const { directory: _d, to, ...inMemory } = options;
    await expect(rollback({ ...inMemory, to, path: '/dante' })).rejects.toMatchObject({
      code: 'NO_EARLIER_RELEASE',
      next: expect.stringContaining(`npx iisnode-sock rollback ${ids[1]} --to iis --path /dante`),
    });

    await undeploy(options);
    expect(journal().map(({ command, release }) => [command, release])).toEqual([
      ['deploy', undefined],
      ['deploy', ids[0]],
      ['deploy', ids[1]],
      ['rollback', ids[0]],
      ['undeploy', ids[0]],
    ]);
    await undeploy(options); // nothing to remove
    expect(journal()).toHaveLength(5);
    expect((await state()).iis).toMatchObject({ applications: [{ deployed: false }], deployed: [] });
    expect(existsSync(base)).toBe(true);
  });

  it('says what failed; a dry run leaves no trace', async () => {
    const { world, options, journal, home } = iis();
    await deploy({ ...options, verify: false, dryRun: true });
    expect(existsSync(home)).toBe(false);
    const appcmd = {
      ...world.appcmd,
      run: (args: readonly string[]) =>
        args[0] === 'add' && args[1] === 'app'
          ? Promise.resolve({ exitCode: 5, stdout: 'no' })
          : world.appcmd.run(args),
    };
    await expect(deploy({ ...options, appcmd, verify: false })).rejects.toBeInstanceOf(UserError);
    expect(journal()).toMatchObject([{ command: 'deploy', outcome: 'undone' }]);
  });

  it('is not written into the folder of an app that has it', async () => {
    const { options } = iis();
    const directory = makeApp();
    const environment = { IISNODE_SOCK_HOME: path.join(directory, 'home') };
    await deploy({ ...options, directory, environment, verify: false });
    expect(existsSync(path.join(directory, 'home', 'apps'))).toBe(false);
    const seen = await status(openHome(environment), { appcmd: options.appcmd });
    expect(seen.iis?.deployed).toMatchObject([{ directory, last: undefined }]);
  });

  it('takes options of its actions alone', async () => {
    await expect(rollback({ relase: 'x' } as never)).rejects.toMatchObject({ code: 'OPTION_UNKNOWN' });
    await expect(releases({ keep: 5 } as never)).rejects.toMatchObject({ code: 'OPTION_UNKNOWN' });
    const { options } = iis();
    await expect(releases(options)).rejects.toMatchObject({ code: 'NOT_DEPLOYED' });
  });
});

it('a status where IIS cannot be asked says so, and shows what is recorded', async () => {
  const { options, world, home } = iis();
  await deploy({ ...options, verify: false });
  const appcmd = { ...world.appcmd, run: async () => ({ exitCode: 5, stdout: 'Access is denied.' }) };
  const seen = await status(openHome({ IISNODE_SOCK_HOME: home }), { appcmd });
  expect(seen.problems).toHaveLength(1);
  expect(seen.iis).toMatchObject({ sites: [], deployed: [{ path: '/dante' } satisfies Partial<DeploymentRecord>] });
});
