import { describe, expect, it } from 'vitest';
import { type DeploymentRecord, runPlan, steps } from '../../src/deploy/index.js';
import { removeApp } from '../../src/deploy/remove-app.js';
import { smallText } from '../appcmd/support.js';
import { type DeployWorld, deployWorld, planFor } from './support.js';

const silent = (): void => undefined;
const plan = planFor('/apps/dante', { serverVariables: ['HTTP_CONNECTION'] });

const rootIs = (folder: string) =>
  smallText().replace(/(<virtualDirectory path="\/" physicalPath=")[^"]*/, (_all, before: string) => before + folder);
const old = smallText().replace(
  '<bindings>',
  '<application path="/dante" preloadEnabled="false">\n                    <virtualDirectory path="/" physicalPath="C:\\old" />\n                </application>\n                <bindings>',
);
/** What is there before, and what is deployed. */
const places: readonly [string, string, Partial<typeof plan>][] = [
  ['a fresh IIS', smallText(), {}],
  ['the root of a site', smallText(), { vdirPath: '/', poolName: 'root' }],
  ['an application that was there before', old, {}],
  ['one that inherits its pool, and sets no preload', old.replace(' preloadEnabled="false"', ''), {}],
  [
    'one with both of its own',
    old.replace('"/dante" preloadEnabled="false"', '"/dante" applicationPool="DefaultAppPool" preloadEnabled="true"'),
    {},
  ],
  [
    'one without a folder, with a virtual directory',
    old.replace('path="/" physicalPath="C:\\old', 'path="/static" physicalPath="C:\\old'),
    {},
  ],
  ['one that serves the folder already', old.replace('C:\\old', plan.directory), {}],
  ['the root of a site that serves the folder already', rootIs(plan.directory), { vdirPath: '/', poolName: 'root' }],
  ['a site that has the port already', smallText(), { port: 80 }],
];

const ofOwnSite: Partial<typeof plan> = {
  newSite: { name: 'own', bindings: [] },
  siteName: 'own',
  vdirPath: '/',
  poolName: 'own',
  port: undefined,
};

/** What is remembered after all steps. */
async function deployed(
  { context, records }: DeployWorld,
  changes: Partial<typeof plan> = {},
): Promise<DeploymentRecord> {
  const wanted = { ...plan, ...changes };
  await runPlan(steps, context, wanted, silent);
  const record = records.list.find(({ path }) => path === wanted.vdirPath);
  if (record === undefined) throw new Error('nothing is remembered');
  return record;
}

/** What the server obeys: its objects, and all else that is written. */
async function settings({ world }: DeployWorld): Promise<unknown> {
  const lists = await Promise.all(['site', 'app', 'vdir', 'apppool'].map((kind) => world.run('list', kind)));
  const rest = world.store.text.replace(/<(sites|applicationPools)>[\s\S]*?<\/\1>/g, '');
  // Also what an application sets itself, and would inherit in the same way; what is empty then may be written in two forms.
  const apps = [...world.store.text.matchAll(/<(application|virtualDirectory) [^>]*?(?=\s*\/?>)/g)].map(([all]) => all);
  return { lists: lists.map(({ lines }) => lines), apps, rest };
}

const remove = ({ context }: DeployWorld, record: DeploymentRecord, dryRun = false) =>
  removeApp(context, { siteName: record.site, vdirPath: record.path, record, siteNamed: false }, dryRun);

describe('what a step makes', () => {
  it.each(steps.map((step) => [step.id, step] as const))('%s removes, or says why it stays', (_id, { remove }) => {
    if (typeof remove !== 'function') expect(remove.keeps).toMatch(/^[a-z].{8,}/);
  });

  it.each(places)(
    'leaves after undeploy only what steps keep, on %s; a dry run tells it before, and changes nothing',
    async (...given) => {
      const [, text, changes] = given;
      const world = deployWorld(text);
      const record = await deployed(world, changes);
      const before = world.snapshot();
      const told = await remove(world, record, true);
      expect(world.snapshot()).toEqual(before);
      expect(told).toEqual({ ...(await remove(world, record)), dryRun: true });
      expect(told.changed).toBe(true);
      expect(world.records.list).toEqual([]);
      expect(world.host.up).toBe(false);
      const kept = deployWorld(text);
      const keeping = steps.filter(({ id }) => ['unlock-sections', 'allow-server-variables'].includes(id));
      await runPlan(keeping, kept.context, { ...plan, ...changes }, silent);
      expect(await settings(world)).toEqual(await settings(kept));
    },
  );
});

describe('a dry run', () => {
  it.each<[string, Partial<typeof plan>]>([
    ['a pool that another app uses', {}],
    ['a pool of its own', { poolName: 'own' }],
    ['a site of its own', ofOwnSite],
  ])('reports for the pool and the site what undeploy does, with %s', async (_what, changes) => {
    const world = deployWorld(smallText());
    await deployed(world, { vdirPath: '/chat' });
    const record = await deployed(world, changes);
    const before = world.snapshot();
    const told = await remove(world, record, true);
    expect(world.snapshot()).toEqual(before);
    expect(told).toEqual({ ...(await remove(world, record)), dryRun: true });
  });
});

describe('a removal that fails', () => {
  it('is still remembered, so that it can be run again', async () => {
    const world = deployWorld(smallText());
    const record = await deployed(world);
    const { stop } = world.host;
    world.host.stop = () => Promise.reject(new Error('it hangs'));
    await expect(remove(world, record)).rejects.toThrow('it hangs');
    expect(world.records.list).toHaveLength(1);
    world.host.stop = stop;
    expect((await remove(world, record)).said).toEqual([
      'no application /dante in "Default Web Site": nothing to remove',
      'stopped the embedded IIS',
      '"Default Web Site" has its former binding again: *:80:',
    ]);
    expect(world.records.list).toEqual([]);
  });
});

describe('a removal that is killed', () => {
  const some: typeof places = [
    ...places.filter(([what]) => /^a fresh IIS|^the root of a site$|inherits its pool/.test(what)),
    ['a site of its own', smallText(), ofOwnSite],
    [
      'a pool that was there',
      smallText().replace('<add name="DefaultAppPool" />', '<add name="DefaultAppPool" /><add name="dante" />'),
      {},
    ],
  ];
  /** The removal goes no further at its nth change, before or after its effect. @returns false: it has fewer. */
  async function killed({ context, records, host }: DeployWorld, record: DeploymentRecord, nth: number) {
    let [count, reach] = [0, (): void => undefined];
    const reached = new Promise<boolean>((resolve) => {
      reach = () => resolve(true);
    });
    const at = async <Result>(act: () => Promise<Result>): Promise<Result> => {
      count += 1;
      if (count < nth) return act();
      reach();
      return new Promise<never>(() => undefined);
    };
    const cut = {
      ...context,
      appcmd: {
        ...context.appcmd,
        run: (args: string[]) => (args[0] === 'list' ? context.appcmd.run(args) : at(() => context.appcmd.run(args))),
      },
      records: {
        ...records,
        all: records.all,
        save: (one: DeploymentRecord) => at(() => records.save(one)),
        remove: (...given: [string, string, string]) => at(() => records.remove(...given)),
      },
      target: {
        ...context.target,
        host: {
          ...host,
          running: host.running,
          notBound: host.notBound,
          stop: (site: string) => at(() => host.stop(site)),
        },
      },
    };
    const app = { siteName: record.site, vdirPath: record.path, record, siteNamed: false };
    return Promise.race([reached, removeApp(cut as typeof context, app).then(() => false)]);
  }

  it.each(some)('at any change is made complete by the next one, on %s', async (...given) => {
    const [, text, changes] = given;
    const undisturbed = deployWorld(text);
    await remove(undisturbed, await deployed(undisturbed, changes));
    const wanted = await settings(undisturbed);
    for (let nth = 1; ; nth++) {
      const world = deployWorld(text);
      const record = await deployed(world, changes);
      if (!(await killed(world, record, nth))) break;
      await remove(world, record);
      expect([world.records.list, world.host.up], `change ${nth}`).toEqual([[], false]);
      expect(await settings(world), `change ${nth}`).toEqual(wanted);
    }
  });

  it.each(some)('at any change leaves what the next deployment makes whole, on %s', async (...given) => {
    const [, text, changes] = given;
    const undisturbed = deployWorld(text);
    await deployed(undisturbed, changes);
    const [whole, start] = [undisturbed.world.store.text, deployWorld(text)];
    await remove(start, await deployed(start, changes));
    const wanted = await settings(start);
    for (let nth = 1; ; nth++) {
      const world = deployWorld(text);
      const before = await deployed(world, changes);
      if (!(await killed(world, before, nth))) break;
      const earlier = await world.records.find('embedded', before.site, before.path);
      await runPlan(steps, { ...world.context, ...(earlier && { earlier }) }, { ...plan, ...changes }, silent);
      expect(world.world.store.text, `change ${nth}`).toBe(whole);
      await remove(world, world.records.list[0] as DeploymentRecord);
      expect(await settings(world), `undeploy after change ${nth}`).toEqual(wanted);
    }
  });
});

describe('an application of which nothing is remembered', () => {
  it('is removed, and with it the host that serves nothing else; its pool and the binding stay', async () => {
    const world = deployWorld(smallText());
    const { site, path } = await deployed(world);
    world.records.list = [];
    const gone = await removeApp(world.context, { siteName: site, vdirPath: path, record: undefined, siteNamed: true });
    expect(gone.said).toEqual([
      'removed the application /dante of "Default Web Site"; its files stay',
      'stopped the embedded IIS',
    ]);
    const again = await removeApp(world.context, {
      siteName: site,
      vdirPath: path,
      record: undefined,
      siteNamed: true,
    });
    expect(again).toMatchObject({ changed: false, commands: [] });
  });
});
