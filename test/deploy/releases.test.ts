import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Appcmd } from '../../src/appcmd/index.js';
import { type DeployStep, runPlan } from '../../src/deploy/index.js';
import { deployRelease } from '../../src/deploy/releases/deploy-release.js';
import { readJournal } from '../../src/deploy/releases/journal.js';
import { prepareRelease } from '../../src/deploy/releases/plan-release.js';
import { removeApp } from '../../src/deploy/remove-app.js';
import { withAppLock } from '../../src/deploy/server-lock.js';
import type { DeployContext } from '../../src/deploy/step.js';
import { serverSteps } from '../../src/deploy/steps/index.js';
import { iisTarget } from '../../src/deploy/targets/iis.js';
import { UserError } from '../../src/errors.js';
import { smallText } from '../appcmd/support.js';
import { type ReleasedWorld, releasedWorld } from './released.js';
import { atWork, undoing } from './support.js';

const silent = (): void => undefined;
const keep = 5;

const folderServed = (world: ReleasedWorld): string | undefined =>
  /path="\/dante"[\s\S]*?physicalPath="([^"]*)"/.exec(world.world.store.text)?.[1];
const journalOf = ({ folder: { base } }: ReleasedWorld) =>
  readJournal(base).map(({ command, release, outcome }) => `${command} ${release} ${outcome}`);

/** Runs the steps of a release, of which some may be replaced. */
async function runWith(world: ReleasedWorld, second: number, steps: readonly DeployStep[]): Promise<void> {
  const context = await world.contextAt(second);
  const ready = await prepareRelease(context, world.plan, { base: world.folder.base, keep });
  await runPlan(steps, ready.context, ready.plan, silent);
}

const errorOf = (run: Promise<unknown>): Promise<UserError> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof UserError ? error : Promise.reject(error)),
  );

describe('a deployment as a release', () => {
  it('sorts after the one before it, also in the same second and when the clock was put back', async () => {
    const world = releasedWorld(smallText());
    const ids = [(await world.deploy(9)).id];
    for (const [text, second] of [
      ['a', 9],
      ['b', 9],
      ['c', 2],
      ['d', 40],
    ] as const) {
      world.edit(text);
      ids.push((await world.deploy(second)).id);
    }
    expect(ids.map((id) => id.slice(9, 15))).toEqual(['000009', '000010', '000011', '000012', '000040']);
    expect(world.folder.list().map(({ id }) => id)).toEqual(ids);
  });

  it('serves a copy; the next one switches in one call and recycles; an unchanged one does nothing', async () => {
    const world = releasedWorld(smallText());
    const first = await world.deploy(1);
    expect(first.id).toMatch(/^20260101-000001-[0-9a-f]{8}$/);
    expect(folderServed(world)).toBe(world.folder.folderOf(first.id));
    expect(readFileSync(path.join(world.folder.folderOf(first.id), 'server.js'), 'utf8')).toBe('one');

    world.edit('two');
    expect(readFileSync(path.join(world.folder.folderOf(first.id), 'server.js'), 'utf8')).toBe('one');
    world.ran.length = 0;
    const second = await world.deploy(2);
    expect(world.ran).toEqual([
      ['set', 'vdir', 'Default Web Site/dante/', `/physicalPath:${world.folder.folderOf(second.id)}`],
      ['recycle', 'apppool', 'dante'],
    ]);
    world.ran.length = 0;
    expect(await world.deploy(3)).toEqual({ id: second.id, changed: false });
    expect(world.ran).toEqual([]);
    expect(journalOf(world)).toEqual([`deploy ${first.id} done`, `deploy ${second.id} done`]);
    expect(world.records.list).toMatchObject([{ directory: world.app, releases: { live: second.id } }]);
  });

  it('keeps as many as it was asked to, and the one that was live until now, whose processes are still ending', async () => {
    const world = releasedWorld(smallText());
    const ids: string[] = [];
    for (let second = 1; second <= 4; second++) {
      world.edit(`${second}`);
      ids.push((await world.deploy(second, { keep: 2 })).id);
    }
    expect(world.folder.list().map(({ id }) => id)).toEqual(ids.slice(2));
    world.edit('5');
    const { id } = await world.deploy(5, { keep: 1 });
    expect(world.folder.list().map((one) => one.id)).toEqual([ids[3], id]);
  });

  it('makes an earlier release live by its id, without a copy, and a deployment of what came after it finds its copy', async () => {
    const world = releasedWorld(smallText());
    const [one] = [await world.deploy(1)];
    world.edit('two');
    const two = await world.deploy(2);
    const [release] = world.folder.list();
    if (release === undefined) throw new Error('there is no release');
    const { base } = world.folder;
    const source = world.app;
    const plan = { ...world.plan, directory: world.folder.folderOf(one.id) };
    const request = { base, keep, release, source };
    await deployRelease({ context: await world.contextAt(3), plan, request, dryRun: false, report: silent });
    expect(folderServed(world)).toBe(world.folder.folderOf(one.id));
    expect(world.records.list).toMatchObject([{ directory: source, releases: { live: one.id } }]);
    expect(await world.deploy(4)).toEqual({ id: two.id, changed: true });
    expect(journalOf(world).slice(2)).toEqual([`rollback ${one.id} done`, `deploy ${two.id} done`]);
  });

  it('says what it would do in a dry run, and writes nothing', async () => {
    const world = releasedWorld(smallText());
    const before = world.everything();
    const { base } = world.folder;
    const context = await world.contextAt(1);
    const [{ steps }] = await deployRelease({
      context,
      plan: world.plan,
      request: { base, keep },
      dryRun: true,
      report: silent,
    });
    expect(steps.find(({ id }) => id === 'copy-release')?.commands).toEqual([
      expect.stringMatching(/^\(copy 2 files, .* to .*20260101-000001-\w+\)$/),
    ]);
    expect(world.everything()).toEqual(before);
    expect(existsSync(base)).toBe(false);
  });

  it('writes a file that changes while it is copied into no release', async () => {
    const world = releasedWorld(smallText());
    const before = world.everything();
    const context = await world.contextAt(1);
    const ready = await prepareRelease(context, world.plan, { base: world.folder.base, keep });
    world.edit('later, and longer');
    const error = await errorOf(runPlan(serverSteps, ready.context, ready.plan, silent));
    expect([error.code, error.exit, error.what]).toEqual([
      'APP_CHANGED',
      'refused',
      'server.js changed while it was copied; everything done before was undone',
    ]);
    expect(world.everything()).toEqual(before);
  });

  it('on IIS leaves the logs of an app that did not start, in a folder that the next deployment removes', async () => {
    const world = releasedWorld(smallText());
    const context = { ...(await world.contextAt(1)), target: iisTarget(world.context.appcmd, 'linux') };
    const plan = { ...world.plan, logDirectory: path.join(world.app, 'iisnode') };
    const ready = await prepareRelease(context, plan, { base: world.folder.base, keep });
    const copy = serverSteps.find(({ id }) => id === 'copy-release') as DeployStep;
    await copy.do(ready.context, ready.plan, { isThere: false }, atWork);
    expect(world.folder.list()).toHaveLength(1);
    mkdirSync(ready.plan.logDirectory ?? '');
    writeFileSync(path.join(ready.plan.logDirectory ?? '', 'web1-1-stderr-1.txt'), 'gone');
    await undoing(copy)(ready.context, ready.plan, { isThere: false });
    expect([world.folder.list(), world.folder.leftovers()]).toEqual([[], [ready.plan.release?.id]]);
    expect(readdirSync(ready.plan.logDirectory ?? '')).toHaveLength(1);
    await world.deploy(2);
    expect(world.folder.leftovers()).toEqual([]);
  });

  it('is undone when it is interrupted while it copies', async () => {
    const world = releasedWorld(smallText());
    const before = world.everything();
    const stop = new AbortController();
    const context = { ...(await world.contextAt(1)), signal: stop.signal };
    const ready = await prepareRelease(context, world.plan, { base: world.folder.base, keep });
    const interrupted: typeof world.folder.copy = (...args) => {
      stop.abort();
      return world.folder.copy(...args);
    };
    const releases = { ...ready.context.releases, folder: { ...world.folder, copy: interrupted } };
    const error = await errorOf(runPlan(serverSteps, { ...ready.context, releases }, ready.plan, silent));
    expect([error.code, error.exitCode]).toEqual(['INTERRUPTED', 130]);
    expect(world.everything()).toEqual(before);
  });

  it('of an application that was there before: undeploy gives it its former folder, however many releases came', async () => {
    const application =
      '<application path="/dante">\n<virtualDirectory path="/" physicalPath="C:\\old" />\n</application>\n<bindings>';
    const world = releasedWorld(smallText().replace('<bindings>', application));
    await world.deploy(1);
    world.edit('two');
    await world.deploy(2);
    const [record] = world.records.list;
    expect(record).toMatchObject({ former: { physicalPath: 'C:\\old' } });
    await removeApp(world.context, { siteName: world.plan.siteName, vdirPath: '/dante', record, siteNamed: false });
    expect(folderServed(world)).toBe('C:\\old');
  });

  it('waits for another one of the same application, and names its owner', async () => {
    const world = releasedWorld(smallText());
    const signal = new AbortController().signal;
    const options = { command: 'deploy /a by ann@web1', signal, onWait: silent };
    await withAppLock(world.folder.base, options, async () => {
      const other = withAppLock(world.folder.base, { ...options, patience: 0 }, async () => undefined);
      const { code, what } = await errorOf(other);
      expect([code, what]).toEqual([
        'DEPLOY_RUNNING',
        expect.stringMatching(/^deploy \/a by ann@web1 \(process \d+, since 2\S+\) is running; nothing was changed$/),
      ]);
    });
  });

  it('has releases removed by undeploy, but not its journal', async () => {
    const world = releasedWorld(smallText());
    await world.deploy(1);
    mkdirSync(world.folder.folderOf('20250101-000000-00000000'));
    const [record] = world.records.list;
    const { siteName, vdirPath } = world.plan;
    const { said } = await removeApp(world.context, { siteName, vdirPath, record, siteNamed: false });
    expect(said).toContain(`removed 2 releases in ${world.folder.base}; the journal stays`);
    expect(existsSync(path.join(world.folder.base, 'releases'))).toBe(false);
    expect(journalOf(world)).toHaveLength(1);
  });
});

describe('the journal', () => {
  it('skips a line that is cut off, and goes on behind it', async () => {
    const world = releasedWorld(smallText());
    const one = await world.deploy(1);
    appendFileSync(path.join(world.folder.base, 'journal.jsonl'), '{"version":1,"time":"20');
    world.edit('two');
    const two = await world.deploy(2);
    expect(journalOf(world)).toEqual([`deploy ${one.id} done`, `deploy ${two.id} done`]);
  });

  it('that cannot be written fails no deployment', async () => {
    const world = releasedWorld(smallText());
    mkdirSync(path.join(world.folder.base, 'journal.jsonl'), { recursive: true });
    const notes: string[] = [];
    const report = ({ step, note = '' }: { step: string; note?: string }): void =>
      void (step === 'journal' && notes.push(note));
    expect(await world.deploy(1, { report })).toMatchObject({ changed: true });
    expect(notes).toEqual([expect.stringContaining('not written')]);
  });
});

/** A step that fails: before its effect, or after it. */
const failing = (step: DeployStep, when: 'before' | 'after'): DeployStep => ({
  ...step,
  say: (...args) => [...step.say(...args), 'boom'],
  needed: () => true,
  async do(...args) {
    if (when === 'after') await step.do(...args);
    throw new Error('boom');
  },
});

/** An appcmd whose nth writing command fails, once, before or after its effect. */
function breaking(): { readonly wrap: (appcmd: Appcmd) => Appcmd; fail(at: number, when: 'before' | 'after'): void } {
  let [count, at, when] = [0, 0, 'before'];
  return {
    fail(nth, side) {
      [count, at, when] = [0, nth, side];
    },
    wrap: (appcmd) => ({
      format: (args) => appcmd.format(args),
      async run(args) {
        if (args[0] === 'list' || ++count !== at) return appcmd.run(args);
        if (when === 'after') await appcmd.run(args);
        return { exitCode: 5, stdout: 'ERROR ( message:no )' };
      },
    }),
  };
}

/** The steps that a release adds; the others are tested everywhere with a deployment in place. */
const own = ['record-deployment', 'copy-release', 'create-application', 'switch-release'];
const every = serverSteps.map(({ id }) => id);

/** What is live before, and the steps to try. */
const starts: readonly [string, readonly string[], (world: ReleasedWorld) => Promise<void>][] = [
  ['nothing', own, async () => undefined],
  [
    'a release',
    every,
    async (world) => {
      await world.deploy(1);
      world.edit('two');
    },
  ],
  [
    'the folder of the app',
    own,
    async (world) => {
      await runPlan(serverSteps, await world.contextAt(1), world.plan, silent);
      world.edit('two');
    },
  ],
];

describe.each(starts)('where %s is live', (_name, tried, prepare) => {
  it('a failure of any step or command, before or after its effect, leaves everything as it was', async () => {
    const server = breaking();
    const world = releasedWorld(smallText(), server.wrap);
    await prepare(world);
    const start = world.everything();
    const restore = world.save();
    for (const when of ['before', 'after'] as const) {
      for (const [index, step] of serverSteps.entries()) {
        if (typeof step.undo !== 'function' || !tried.includes(step.id)) continue;
        const error = await errorOf(runWith(world, 2, serverSteps.with(index, failing(step, when))));
        expect([step.id, when, error.exit, error.message]).toMatchObject([step.id, when, 'refused', expect.anything()]);
        expect(world.everything(), `${step.id}, ${when} its effect`).toEqual(start);
      }
      for (let at = 1; ; at++) {
        const before = world.ran.length;
        server.fail(at, when);
        const failed = await errorOf(world.deploy(2)).catch(() => undefined);
        if (failed === undefined) break;
        expect([failed.exit, failed.code], `command ${at}`).toEqual(['refused', 'NOT_ELEVATED']);
        expect(world.everything(), `command ${at}, ${when} its effect`).toEqual(start);
        expect(world.ran.length).toBeGreaterThanOrEqual(before);
      }
      restore(); // the deployment without a failure has ended the loop
    }
  });

  it('a process that is killed at any step leaves a state in which the next deployment does all that is left', async () => {
    const world = releasedWorld(smallText());
    await prepare(world);
    const restore = world.save();
    await world.deploy(2);
    const [wanted, recycled] = [world.everything(), world.ran.some(([verb]) => verb === 'recycle')];
    for (const [index, step] of serverSteps.entries()) {
      if (!tried.includes(step.id)) continue;
      for (const when of ['before', 'in', 'after'] as const) {
        // Before a step it is as after the one before.
        if (when === 'before' && index > 0 && tried === every) continue;
        if (when === 'in' && step.id !== 'copy-release' && step.id !== 'switch-release') continue;
        restore();
        world.ran.length = 0;
        await killedAt(world, serverSteps, index, when);
        await world.deploy(2);
        expect(world.everything(), `${step.id}, ${when}`).toEqual(wanted);
        // One recycle after the switch, by the killed process or by the next one.
        const switchAt = world.ran.findIndex(([verb, object]) => verb === 'set' && object === 'vdir');
        const recycleAt = world.ran.findLastIndex(([verb]) => verb === 'recycle');
        expect([step.id, when, recycleAt > switchAt]).toEqual([step.id, when, recycled]);
      }
    }
  });
});

/** Runs the steps up to one that never ends: nothing is undone, as when the process is killed. */
async function killedAt(
  world: ReleasedWorld,
  steps: readonly DeployStep[],
  index: number,
  when: 'before' | 'in' | 'after',
): Promise<void> {
  const never = new Promise<never>(() => undefined);
  await new Promise<void>((killed, failed) => {
    const hanging = (step: DeployStep): DeployStep => ({
      ...step,
      say: (...args) => [...step.say(...args), 'hang'],
      needed: () => true,
      async do(context, ...args) {
        const cut = (): Promise<never> => {
          killed();
          return never;
        };
        if (when === 'before') return cut();
        await step.do(when === 'in' ? cutOff(context, cut) : context, ...args);
        return cut();
      },
    });
    runWith(world, 2, steps.with(index, hanging(steps[index] as DeployStep))).then(() => killed(), failed);
  });
}

/** A copy without its last file and its manifest; a switch without its recycle. */
function cutOff(context: DeployContext, cut: () => Promise<never>): DeployContext {
  const { releases, appcmd } = context;
  if (releases === undefined) return context;
  return {
    ...context,
    appcmd: {
      ...appcmd,
      format: (args) => appcmd.format(args),
      run: (args) => (args[0] === 'recycle' ? cut() : appcmd.run(args)),
    },
    releases: {
      ...releases,
      folder: {
        ...releases.folder,
        copy: (release) => {
          mkdirSync(releases.folder.folderOf(release.id), { recursive: true });
          writeFileSync(path.join(releases.folder.folderOf(release.id), 'server.js'), 'tw');
          return cut();
        },
      },
    },
  };
}
