import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readApp } from '../../../src/app/index.js';
import type { CheckResult } from '../../../src/deploy/preflight/check.js';
import { preflightOf, runChecks } from '../../../src/deploy/preflight/run-checks.js';
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
