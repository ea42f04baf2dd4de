import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { listPools, parseAppcmdXml } from '../../src/appcmd/index.js';
import type { DeployContext, DeployStep } from '../../src/deploy/index.js';
import { runPlan } from '../../src/deploy/run-plan.js';
import type { Removal } from '../../src/deploy/step.js';
import { grantRights } from '../../src/deploy/steps/grant-rights.js';
import { recordDeployment } from '../../src/deploy/steps/record-deployment.js';
import { iisTarget } from '../../src/deploy/targets/iis.js';
import { AccessLists, type Entry } from '../windows/server/access-lists.js';
import { Accounts, type Language, poolSid } from '../windows/server/accounts.js';
import { icacls } from '../windows/server/icacls.js';
import { deployWorld, planFor, temporaryDirectory } from './support.js';

const both = ['OI', 'CI'];
const allow = (sid: string, right: string) => ({ kind: 'allow' as const, sid, flags: both, rights: [right] });

/** A Windows server whose icacls runs in this process, and an app with a folder for logs. */
async function rightsWorld({ pool = [] as string[], language = 'en' as Language } = {}) {
  const { context: plain, world, records } = deployWorld();
  await world.run('add', 'apppool', '/name:Dante');
  for (const setting of pool) await world.run('set', 'apppool', 'Dante', setting);
  const poolNames = async () => parseAppcmdXml((await world.appcmd.run(listPools())).stdout).map(({ name }) => name);
  const [rights, accounts] = [new AccessLists(), new Accounts(poolNames, language)];
  const ran: string[][] = [];
  const context: DeployContext = {
    ...plain,
    target: iisTarget(plain.appcmd, 'win32'),
    async run(command, args) {
      if (args.length > 1 && args[1] !== '/save') ran.push([command, ...args]);
      const hostPath = (file: string) => file.replace(/^[a-z]:/i, '').replaceAll('\\', '/');
      return icacls({ args, folder: 'C:\\' }, { rights, accounts, hostPath });
    },
  };
  const app = path.join(temporaryDirectory(), 'app');
  mkdirSync(app);
  const logs = path.join(app, 'iisnode');
  const plan = planFor(app, { poolName: 'Dante', logDirectory: logs });
  const step = grantRights as DeployStep<unknown>;
  const deploy = (steps: readonly DeployStep[] = []) =>
    runPlan([recordDeployment([step]) as DeployStep<unknown>, step, ...steps], context, plan, () => undefined);
  // icacls knows them as folders of drive C.
  const own = (folder: string) => rights.own(`C:${folder.replaceAll('/', '\\')}`);
  const add = (entry: Entry) => rights.add(`C:${app.replaceAll('/', '\\')}`, entry);
  return { world, context, plan, rights, own, add, accounts, records, ran, app, logs, deploy };
}

const failing = (act: () => void = () => undefined): DeployStep => ({
  id: 'verify-app',
  title: 'Check the live app',
  look: async () => undefined,
  say: () => ['(check)'],
  async do() {
    act();
    throw new Error('it crashed');
  },
  undo: 'changes-nothing',
  remove: { keeps: '' },
});

describe("the pool's rights", () => {
  it.each([
    [[], poolSid('dante')],
    [['/processModel.identityType:NetworkService'], 'S-1-5-20'],
    [['/processModel.identityType:LocalService'], 'S-1-5-19'],
  ])('go to the account that it runs as: %j', async (pool, sid) => {
    const { own, app, logs, deploy, context, plan } = await rightsWorld({ pool, language: 'de' });
    await deploy();
    expect(own(app)).toEqual([allow(sid, 'RX'), allow('S-1-5-17', 'RX')]);
    expect(own(logs)).toEqual([allow(sid, 'M')]);
    expect(grantRights.say(context, plan, await grantRights.look(context, plan))).toEqual([]);
  });

  it('go to the account that the defaults of all pools name', async () => {
    const { world, own, logs, deploy } = await rightsWorld();
    const section = '/section:system.applicationHost/applicationPools';
    await world.run('set', 'config', section, '/applicationPoolDefaults.processModel.identityType:NetworkService');
    await deploy();
    expect(own(logs)).toEqual([allow('S-1-5-20', 'M')]);
  });

  it('go to it and are recorded for it, also where the pool does not exist yet', async () => {
    const { world, own, logs, context, plan, records } = await rightsWorld();
    const section = '/section:system.applicationHost/applicationPools';
    await world.run('set', 'config', section, '/applicationPoolDefaults.processModel.identityType:NetworkService');
    const fresh = { ...plan, poolName: 'Fresh' };
    const step = grantRights as DeployStep<unknown>;
    await runPlan([recordDeployment([step]) as DeployStep<unknown>, step], context, fresh, () => undefined);
    expect(own(logs)).toEqual([allow('S-1-5-20', 'M')]);
    expect(records.list[0]?.rights?.map(({ account }) => account)).toEqual(['*S-1-5-20', '*S-1-5-17', '*S-1-5-20']);
  });

  it('go to a user, who is known by name', async () => {
    const settings = ['/processModel.identityType:SpecificUser', '/processModel.userName:CORP\\chat'];
    const { own, accounts, app, deploy, context, plan } = await rightsWorld({ pool: settings });
    accounts.addUser('CORP\\chat');
    await deploy();
    expect(own(app)).toContainEqual(allow((await accounts.sidOf('CORP\\chat')) ?? '', 'RX'));
    expect(grantRights.say(context, plan, await grantRights.look(context, plan))).toEqual([]);
  });

  it('are for SYSTEM what it has by inheritance', async () => {
    const { app, own, deploy } = await rightsWorld({ pool: ['/processModel.identityType:LocalSystem'] });
    await deploy();
    expect(own(app)).toEqual([allow('S-1-5-17', 'RX')]);
  });

  it('are granted by SID where the name of a new pool is not known yet', async () => {
    const { accounts, own, app, ran, deploy } = await rightsWorld();
    accounts.unknownPoolAnswers = 1;
    await deploy();
    expect(own(app)).toContainEqual(allow(poolSid('dante'), 'RX'));
    expect(ran.map(([, , verb, who]) => [verb, who])).toEqual([
      ['/grant', 'IIS AppPool\\Dante:(OI)(CI)RX'],
      ['/grant', `*${poolSid('dante')}:(OI)(CI)RX`],
      ['/grant', 'IIS AppPool\\Dante:(OI)(CI)M'],
    ]);
  });

  it.each(['S-1-1-0', 'S-1-5-17', poolSid('dante')])('are not given where an entry denies them to %s', async (sid) => {
    const { rights, add, deploy } = await rightsWorld();
    add({ ...allow(sid, 'RX'), kind: 'deny' });
    const before = rights.snapshot();
    await expect(deploy()).rejects.toMatchObject({ code: 'RIGHTS_DENIED', exit: 'refused' });
    expect(rights.snapshot()).toEqual(before);
  });

  it('of a failed start are removed, and the logs that it has written stay, which is said', async () => {
    const { rights, logs, deploy } = await rightsWorld();
    const crash = failing(() => writeFileSync(path.join(logs, 'web-1-stderr-2.txt'), 'Error: no'));
    await expect(deploy([crash])).rejects.toMatchObject({
      exit: 'refused',
      what: expect.stringContaining(`everything done before was undone; the logs of the app stay in ${logs}`),
    });
    expect(readdirSync(logs)).toEqual(['web-1-stderr-2.txt']);
    expect(rights.snapshot()).toEqual({});
  });
});

/** Of the pool and of the visitors, on the app's folder. */
const partial = (sid: string): readonly (readonly [string, Entry])[] => [
  ['less than it needs', allow(sid, 'R')],
  ['specific ones', { ...allow(sid, 'RD'), rights: ['RC', 'S', 'RD', 'REA', 'RA'] }],
  ['those of files only', { ...allow(sid, 'R'), flags: ['OI', 'IO'] }],
  ['no inheritance', { ...allow(sid, 'WD'), flags: [] }],
];

describe('an account that had some of its rights before', () => {
  it.each([...partial(poolSid('dante')), ...partial('S-1-5-17')])(
    'has exactly these after an undo: %s',
    async (_, entry) => {
      const { rights, add, deploy } = await rightsWorld();
      add(entry);
      const before = rights.snapshot();
      await expect(deploy([failing()])).rejects.toMatchObject({ exit: 'refused', code: 'STEP_FAILED' });
      expect(rights.snapshot()).toEqual(before);
    },
  );

  it('a user, who is known by name, too', async () => {
    const settings = ['/processModel.identityType:SpecificUser', '/processModel.userName:CORP\\chat'];
    const { accounts, rights, add, deploy } = await rightsWorld({ pool: settings });
    accounts.addUser('CORP\\chat');
    add(allow((await accounts.sidOf('CORP\\chat')) ?? '', 'R'));
    const before = rights.snapshot();
    await expect(deploy([failing()])).rejects.toMatchObject({ code: 'STEP_FAILED' });
    expect(rights.snapshot()).toEqual(before);
  });
});

describe('undeploy', () => {
  const removal = (record: Removal['record']) => {
    const [did, said]: [string[], string[]] = [[], []];
    const one: Removal = {
      siteName: 'Default Web Site',
      vdirPath: '/dante',
      record,
      dryRun: false,
      changed: false,
      appcmd: async () => undefined,
      did: (what) => did.push(what),
      say: (sentence) => said.push(sentence),
    };
    return { one, did, said };
  };
  const removeRights = (context: DeployContext, one: Removal) =>
    typeof grantRights.remove === 'function' ? grantRights.remove(context, one) : Promise.reject(new Error('it keeps'));

  it('removes the rights that deploy gave, and no others', async () => {
    const { context, rights, own, add, records, deploy, app } = await rightsWorld();
    add(allow('S-1-5-17', 'RX'));
    await deploy();
    const { one, did, said } = removal(records.list[0]);
    await removeRights(context, one);
    expect(own(app)).toEqual([allow('S-1-5-17', 'RX')]);
    expect([Object.keys(rights.snapshot()).length, did.length, said]).toEqual([1, 2, []]);
  });

  it.each([true, false])('gives an account back what it had, also after a second deploy: %s', async (again) => {
    const { context, rights, add, records, deploy, ran, logs } = await rightsWorld();
    add(allow(poolSid('dante'), 'R'));
    mkdirSync(logs);
    rights.add(`C:${logs.replaceAll('/', '\\')}`, allow(poolSid('dante'), 'RX'));
    const before = rights.snapshot();
    await deploy();
    if (again) await deploy();
    ran.length = 0;
    const { one, did } = removal(records.list[0]);
    await removeRights(context, one);
    expect(rights.snapshot()).toEqual(before);
    expect(did).toHaveLength(ran.length);
  });

  it('keeps those that another app of the folder needs, until that one is removed', async () => {
    const { context, rights, own, records, deploy, app } = await rightsWorld();
    await deploy();
    const [first] = records.list;
    if (first === undefined) throw new Error('not recorded');
    const { rights: _rights, ...rest } = first;
    await records.save({ ...rest, path: '/second' });
    await removeRights(context, removal(first).one);
    await records.remove(first.target, first.site, first.path);
    expect(own(app)).toHaveLength(2);
    await removeRights(context, removal(records.list[0]).one);
    expect(rights.snapshot()).toEqual({});
  });
});
