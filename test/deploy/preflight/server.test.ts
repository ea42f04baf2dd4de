import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../../src/app/index.js';
import type { CheckResult } from '../../../src/deploy/preflight/check.js';
import { preflightOf, runChecks } from '../../../src/deploy/preflight/run-checks.js';
import { recordDeployment } from '../../../src/deploy/steps/record-deployment.js';
import { iisTarget } from '../../../src/deploy/targets/iis.js';
import type { AppOnServer, ServerSeen } from '../../../src/server/index.js';
import { deployWorld, makeApp, planFor, temporaryDirectory } from '../support.js';
import { iisWith } from './support.js';

const right = (part: object) =>
  ({
    of: 'above',
    path: 'C:\\apps',
    account: 'IIS AppPool\\dante',
    needs: 'attributes',
    allowed: 'yes',
    ...part,
  }) as const;
const healthy: ServerSeen = {
  w3svc: 'running',
  was: 'running',
  node: { path: 'C:\\Program Files\\nodejs\\node.exe', version: '22.1.0', bits: 64, from: 'PATH' },
  disk: { drive: 'C:', freeBytes: 5e9 },
  rights: [right({})],
};

/** The checks of an app in that folder of a server that has this. */
async function checked(
  seen: ServerSeen,
  {
    directory = 'C:\\apps\\dante',
    nodeRange = '>=20',
    copiedTo,
  }: { directory?: string; nodeRange?: string; copiedTo?: string } = {},
) {
  const { context } = deployWorld(iisWith());
  const asked: AppOnServer[] = [];
  const target = {
    ...iisTarget(context.appcmd, 'linux'),
    lookAt: async (one: AppOnServer) => {
      asked.push(one);
      return { seen, notSeen: [] };
    },
  };
  const app = readApp(makeApp());
  Object.defineProperty(app, 'manifest', { value: { ...app.manifest, nodeRange } });
  const plan = planFor(directory, { logDirectory: `${directory}\\iisnode` });
  const results = await runChecks(
    preflightOf({ ...context, target }, plan, app, { options: {}, faults: [], copiedTo }),
  );
  return { asked, results, bad: results.filter(({ state }: CheckResult) => state !== 'ok') };
}

describe('a Windows server before a deployment', () => {
  it('is asked once for all checks, with what is known of the app and its pool', async () => {
    const { asked, bad } = await checked(healthy);
    expect(bad).toEqual([]);
    expect(asked).toEqual([
      expect.objectContaining({
        directory: 'C:\\apps\\dante',
        entry: 'C:\\apps\\dante\\server.js',
        pool: { name: 'dante', identity: 'ApplicationPoolIdentity' },
      }),
    ]);
  });

  it('is asked about the folder of the releases where the app is copied there, and not about its own folder', async () => {
    const copiedTo = path.join(temporaryDirectory(), 'apps', 'dante');
    const { asked, bad } = await checked(healthy, { directory: 'C:\\Users\\me\\dante', copiedTo });
    expect(bad).toEqual([]);
    expect(asked).toMatchObject([{ directory: path.dirname(path.dirname(copiedTo)) }]);
  });

  it.each<[string, Partial<ServerSeen>, Parameters<typeof checked>[1], string, RegExp]>([
    ['no service', { w3svc: 'missing' }, {}, 'IIS_NOT_INSTALLED', /dism .*IIS-WebServer/],
    [
      'no node.exe',
      { node: null, ownNode: 'C:\\Users\\me\\nvm\\node.exe' },
      {},
      'NODE_NOT_FOUND',
      /install Node.js for all users/,
    ],
    [
      'a node.exe of a user',
      { rights: [right({ of: 'node', needs: 'execute', allowed: 'no' })] },
      {},
      'NODE_NOT_READABLE',
      /nodeProcessCommandLine/,
    ],
    ['an old node.exe', {}, { nodeRange: '>=24' }, 'NODE_VERSION_REFUSED', /install that version/],
    [
      'a folder above that is closed',
      { rights: [right({ allowed: 'no' })] },
      {},
      'FOLDER_NOT_READABLE',
      /move the app out of C:\\apps,/,
    ],
    [
      'a profile folder',
      { rights: [] },
      { directory: 'C:\\Users\\me\\dante' },
      'FOLDER_NOT_READABLE',
      /out of your profile/,
    ],
    [
      'a profile folder whose rights are not seen',
      { rights: undefined },
      { directory: 'd:/users/me/dante' },
      'FOLDER_NOT_READABLE',
      /out of your profile/,
    ],
    [
      'an entry that denies',
      { rights: [right({ of: 'logs', allowed: 'no', denied: true })] },
      {},
      'RIGHTS_DENIED',
      /icacls C:\\apps \/remove:d/,
    ],
    ['a full disk', { disk: { drive: 'C:', freeBytes: 1e7 } }, {}, 'DISK_FULL', /delete/],
  ])('with %s is refused with the remedy', async (_what, seen, app, code, next) => {
    const { bad } = await checked({ ...healthy, ...seen }, app);
    expect(bad.filter(({ state }) => state === 'failed')).toMatchObject([
      { obstacle: { code, next: expect.stringMatching(next) } },
    ]);
  });

  it.each<[string, Partial<ServerSeen>, Parameters<typeof checked>[1]]>([
    ['the public profile', { rights: [] }, { directory: 'C:\\Users\\Public\\dante' }],
    [
      'a profile that the pool may pass',
      { rights: [right({ path: 'C:\\Users\\me' })] },
      { directory: 'C:\\Users\\me\\dante' },
    ],
    ['a range that is none', {}, { nodeRange: 'lts/*' }],
    ['rights that deploy grants itself', { rights: [right({ of: 'app', allowed: 'no' }), right({})] }, {}],
  ])('is accepted with %s', async (_what, seen, app) => {
    expect((await checked({ ...healthy, ...seen }, app)).bad).toEqual([]);
  });

  it('that cannot be seen is no obstacle, and that is a result', async () => {
    const { bad } = await checked({});
    expect(bad.map(({ id, state }) => [id, state])).toEqual([
      ['node', 'not seen'],
      ['folder', 'not seen'],
      ['disk', 'not seen'],
    ]);
  });
});

describe('a server where the app is deployed already', () => {
  it.each<[string, boolean, (world: Awaited<ReturnType<typeof deployed>>) => unknown]>([
    ['nothing', false, () => undefined],
    ['its sources', true, ({ directory }) => appendFileSync(path.join(directory, 'server.js'), '// changed')],
    ['its entry', true, ({ change }) => change({ entry: 'other.js' })],
    ['the folder of its logs', true, ({ change }) => change({ logDirectory: 'C:\\logs' })],
    [
      'the identity of its pool',
      true,
      ({ run }) => run('set', 'apppool', 'dante', '/processModel.identityType:LocalService'),
    ],
    [
      'the identity of all pools',
      true,
      ({ run }) =>
        run(
          'set',
          'config',
          '/section:system.applicationHost/applicationPools',
          '/applicationPoolDefaults.processModel.identityType:NetworkService',
        ),
    ],
    ['the versions of node.exe that it accepts', true, ({ app }) => changeRange(app, '>=99')],
  ])('is looked at again when something has changed: %s', async (_what, isAsked, happens) => {
    const world = await deployed();
    expect(await world.look()).toBe(false);
    await happens(world);
    expect(await world.look()).toBe(isAsked);
    expect(await world.look({ check: true })).toBe(true);
  });

  it('by a version that did not record it, is looked at', async () => {
    const world = await deployed();
    const [record] = world.records.list;
    if (record === undefined) throw new Error('not recorded');
    const { checked: _checked, ...rest } = record;
    await world.records.save(rest);
    expect(await world.look()).toBe(true);
  });

  it('is not asked again for a release with other files in the same place, where the live app is checked', async () => {
    const copiedTo = 'C:\\apps\\dante';
    const [tried, unverified] = [await deployed({ copiedTo }), await deployed({ copiedTo, verify: false })];
    expect([await tried.look(), await unverified.look()]).toEqual([false, false]);
    for (const { directory } of [tried, unverified]) appendFileSync(path.join(directory, 'server.js'), '\n// changed');
    expect([await tried.look(), await unverified.look()]).toEqual([false, true]);
    // Each release is a folder of its own.
    tried.change({ directory: makeApp({ server: '// another release' }) });
    expect([await tried.look(), await tried.look({ check: true })]).toEqual([false, true]);
    tried.change({ poolName: 'other' });
    expect(await tried.look()).toBe(true);
  });

  const changeRange = (app: object, nodeRange: string) =>
    Object.defineProperty(app, 'manifest', { value: { nodeRange }, configurable: true });

  /** Deployed by the step that records it; `look` says whether the server was asked. */
  async function deployed(options: { readonly copiedTo?: string; readonly verify?: boolean } = {}) {
    const { copiedTo, ...asked } = options;
    const { context: plain, world, records } = deployWorld(iisWith());
    await world.run('add', 'apppool', '/name:dante');
    const directory = makeApp();
    const app = readApp(directory);
    changeRange(app, '>=20');
    let plan = planFor(directory, { logDirectory: path.join(directory, 'iisnode') });
    let looks = 0;
    const lookAt = async () => {
      looks++;
      return { seen: healthy, notSeen: [] };
    };
    const context = { ...plain, target: { ...iisTarget(plain.appcmd, 'linux'), lookAt } };
    const preflight = (check: boolean) =>
      preflightOf(context, plan, app, { options: { ...asked, check }, faults: [], copiedTo });
    const step = recordDeployment([]);
    const recording = { ...context, checked: preflight(false).checked };
    const seen = await step.look(recording, plan);
    await step.do(recording, plan, seen, { progress: () => undefined, result: () => undefined });
    return {
      app,
      directory,
      records,
      run: (...args: string[]) => context.appcmd.run(args),
      change: (part: object) => {
        plan = { ...plan, ...part };
      },
      async look({ check = false } = {}) {
        const before = looks;
        await preflight(check).server();
        return looks > before;
      },
    };
  }
});
