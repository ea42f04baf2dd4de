import { appendFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readApp } from '../../../src/app/index.js';
import { type DeployContext, type DeployPlan, runPlan, steps } from '../../../src/deploy/index.js';
import { readTargets } from '../../../src/deploy/named/read-targets.js';
import { planDeploy } from '../../../src/deploy/plan-deploy.js';
import { preflightOf, runChecks } from '../../../src/deploy/preflight/run-checks.js';
import { releasesBase } from '../../../src/deploy/releases/base-folder.js';
import { expressProcesses } from '../../../src/deploy/targets/express/express-host.js';
import { expressConfiguration, expressName, findIisExpress } from '../../../src/deploy/targets/express/find-express.js';
import { openHome } from '../../../src/host/index.js';
import { makeApp, planFor, temporaryDirectory } from '../support.js';
import { expressWorld } from './support.js';

const at = (...parts: string[]) => path.join('/pf', ...parts);

describe('IIS Express', () => {
  it('is found in Program Files, first the build for 64 bit, with both of its programs', () => {
    const found = (environment: Record<string, string>, ...files: string[]) =>
      findIisExpress(environment, (file) => files.includes(file));
    const both = (folder: string) => [
      at(folder, 'IIS Express', 'iisexpress.exe'),
      at(folder, 'IIS Express', 'appcmd.exe'),
    ];
    const environment = { PROGRAMFILES: at('64'), 'ProgramFiles(x86)': at('32') };
    expect(found(environment, ...both('64'), ...both('32'))).toMatchObject({ program: both('64')[0] });
    expect(found(environment, ...both('32'), both('64')[0] ?? '')).toMatchObject({ appcmd: both('32')[1] });
    expect(found({ ProgramW6432: at('64'), ProgramFiles: at('32') }, ...both('64'), ...both('32'))).toMatchObject({
      schemaFolder: at('64', 'IIS Express', 'config', 'schema'),
    });
    expect(() => found(environment)).toThrow(expect.objectContaining({ code: 'IIS_EXPRESS_NOT_FOUND' }));
    expect(() => found({})).toThrow(expect.objectContaining({ code: 'IIS_EXPRESS_NOT_FOUND' }));
  });

  it("has the user's applicationhost.config, or the one that the target names", () => {
    const users = path.join('/me', 'Documents', 'IISExpress', 'config', 'applicationhost.config');
    expect(expressConfiguration('iisexpress', { USERPROFILE: '/me' }, () => true)).toBe(users);
    const named = 'iisexpress:.vs/config/applicationhost.config';
    expect(expressConfiguration(named, {}, () => true)).toBe(path.resolve('.vs/config/applicationhost.config'));
    expect(expressName(named)).toBe(`iisexpress:${path.resolve('.vs/config/applicationhost.config')}`);
    expect(expressName('IISExpress')).toBe('iisexpress');
    for (const to of ['iisexpress', named])
      expect(() => expressConfiguration(to, { USERPROFILE: '/me' }, () => false)).toThrow(
        expect.objectContaining({ code: 'IIS_EXPRESS_NOT_CONFIGURED' }),
      );
  });

  it('has releases of its own for each applicationhost.config', () => {
    const home = openHome({ IISNODE_SOCK_HOME: temporaryDirectory() });
    const place = { siteName: 'Default Web Site', vdirPath: '/dante' };
    const bases = ['embedded', 'iisexpress', 'iisexpress:/a.config', 'iisexpress:/b.config'].map((target) =>
      releasesBase({ environment: {} }, { place, target, home, source: '/apps/dante' }, undefined),
    );
    expect(new Set(bases).size).toBe(4);
    expect(bases.every((base) => path.dirname(base).startsWith(home.directory))).toBe(true);
  });

  it('of a target in package.json is named as seen from there', () => {
    const folder = temporaryDirectory();
    const targets = { local: { to: 'iisexpress:.vs/config/applicationhost.config' } };
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ 'iisnode-sock': { targets } }));
    expect(readTargets(folder).map(({ to }) => to)).toEqual([
      [`iisexpress:${path.join(folder, '.vs', 'config', 'applicationhost.config')}`],
    ]);
  });

  it('gets a new site for localhost alone', () => {
    const app = readApp(makeApp({ vdirPath: '/' }), { vdirPath: '/' });
    const asked = { directory: app.directory, newSite: 'Chat', port: 8090, path: '/' };
    const { newSite } = planDeploy(app, { ...asked, to: 'iisexpress' }, undefined);
    expect(newSite?.bindings).toEqual([{ protocol: 'http', address: '*', port: 8090, host: 'localhost' }]);
  });
});

describe('iisexpress.exe in the background', () => {
  it('runs a process for each site, is started again after a change of the configuration, and ends', async () => {
    const { host, file, folder } = await expressWorld();
    const pids = () =>
      expressProcesses(path.join(folder, 'processes'))
        .map(({ site, pid }) => `${site} ${pid}`)
        .sort();
    expect(await host.running('WebSite1')).toBe(false);
    expect(await host.stop('WebSite1')).toBe(false);
    await host.start('WebSite1');
    await host.start('Other');
    expect([await host.running('WebSite1'), await host.isCurrent?.('WebSite1')]).toEqual([true, true]);
    const before = pids();
    expect(before).toHaveLength(2);
    utimesSync(file, new Date(), new Date(Date.now() + 5_000));
    expect([await host.running('WebSite1'), await host.isCurrent?.('WebSite1')]).toEqual([true, false]);
    await host.restart();
    expect([await host.running('Other'), await host.isCurrent?.('Other')]).toEqual([true, true]);
    expect(pids().filter((one) => before.includes(one))).toEqual([]);
    expect(await host.stop('WebSite1')).toBe(true);
    expect([await host.running('WebSite1'), await host.running('Other')]).toEqual([false, true]);
  });

  it('is known to the next deployment where the one that starts it is killed, and one that was killed is started again', async () => {
    const { host, file, folder } = await expressWorld();
    appendFileSync(file, '<!-- slow -->');
    const starting = host.start('WebSite1');
    const known = (): readonly number[] => expressProcesses(path.join(folder, 'processes')).map(({ pid }) => pid);
    // Nothing more is heard of the one that starts it.
    await expect.poll(known).toHaveLength(1);
    const [pid = 0] = known();
    expect(await host.running('WebSite1')).toBe(false);
    await expect.poll(() => host.running('WebSite1'), { timeout: 30_000 }).toBe(true);
    await starting;
    expect(known()).toEqual([pid]);

    process.kill(pid, 'SIGKILL');
    await expect.poll(() => host.running('WebSite1')).toBe(false);
    await host.start('WebSite1');
    expect([await host.running('WebSite1'), known().includes(pid)]).toEqual([true, false]);
  });

  it('says what it printed when it ends at once', async () => {
    const { host, file } = await expressWorld();
    appendFileSync(file, '<!-- broken -->');
    await expect(host.start('WebSite1')).rejects.toMatchObject({
      code: 'IIS_EXPRESS_NOT_STARTED',
      why: expect.stringMatching(/^It ended with 3\. It printed: .*told to fail/),
    });
    expect(await host.running('WebSite1')).toBe(false);
  });

  it('is not started where another program has the port, and that is not taken for it', async () => {
    const { host, ports } = await expressWorld();
    const other = createServer().listen(ports[0], '127.0.0.1');
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    await expect(host.start('WebSite1')).rejects.toMatchObject({
      code: 'IIS_EXPRESS_NOT_STARTED',
      why: expect.stringContaining(`port ${ports[0]}`),
    });
    expect(await host.stop('WebSite1')).toBe(false);
  });
});

describe('deploy --to iisexpress', () => {
  const place: Partial<DeployPlan> = { siteName: 'WebSite1', port: undefined, verify: false };
  const without = { verify: false, build: false };
  const failing = { id: 'verify', do: () => Promise.reject(new Error('no')), needed: () => true };
  const failAtEnd = steps.map((step) => (step.id === 'verify' ? { ...step, ...failing } : step));
  const run = (context: DeployContext, plan: DeployPlan, list = steps) => runPlan(list, context, plan, () => undefined);

  it('is the plan of IIS without rights and services: it starts IIS Express, and has nothing to do a second time', async () => {
    const { context, host, ran, file, records } = await expressWorld();
    const plan = planFor(makeApp(), { ...place, ...without });
    const { steps: said } = await run(context, plan);
    expect(await host.running('WebSite1')).toBe(true);
    expect(said.find(({ id }) => id === 'start-host')?.title).toBe('Start IIS Express');
    expect(said.find(({ id }) => id === 'grant-rights')?.commands).toEqual([]);
    expect(ran.every((args) => args.at(-1) === `/apphostconfig:${file}`)).toBe(true);
    expect(ran.filter(([verb]) => verb === 'list')).toEqual([]);
    expect(records.list).toMatchObject([{ target: 'iisexpress', site: 'WebSite1', hostStarted: true }]);
    ran.length = 0;
    expect(await run({ ...context, ...earlierOf(records) }, plan)).toMatchObject({ changed: false });
    expect(ran).toEqual([]);
  });

  it('starts IIS Express again where the sources have changed', async () => {
    const { context, folder, records } = await expressWorld();
    const plan = planFor(makeApp(), { ...place, ...without });
    await run(context, plan);
    const pid = () => expressProcesses(path.join(folder, 'processes'))[0]?.pid;
    const before = pid();
    appendFileSync(path.join(plan.directory, 'server.js'), '// changed');
    const { steps: said } = await run({ ...context, ...earlierOf(records) }, plan);
    expect(said.find(({ id }) => id === 'restart-app')?.commands).toEqual(['(start IIS Express again)']);
    expect(pid()).not.toBe(before);
  });

  it('leaves everything as it was when a step fails; IIS Express that ran is started again', async () => {
    const { context, host, file, records } = await expressWorld();
    const before = readFileSync(file, 'utf8');
    const plan = planFor(makeApp(), { ...place, ...without });
    await expect(run(context, plan, failAtEnd)).rejects.toMatchObject({ exit: 'refused', code: 'STEP_FAILED' });
    expect([readFileSync(file, 'utf8'), await host.running('WebSite1'), records.list]).toEqual([before, false, []]);
    await host.start('WebSite1');
    await expect(run(context, plan, failAtEnd)).rejects.toMatchObject({
      exit: 'refused',
      what: expect.stringContaining('IIS Express was started again'),
    });
    await host.release?.();
    expect([readFileSync(file, 'utf8'), await host.running('WebSite1'), records.list]).toEqual([before, true, []]);
    expect(await host.isCurrent?.('WebSite1')).toBe(true);
  });

  it('is refused where iisnode is not installed for IIS Express, with the remedy', async () => {
    const obstaclesOf = async ({ context }: Awaited<ReturnType<typeof expressWorld>>) => {
      const app = readApp(makeApp());
      const plan = planDeploy(app, { directory: app.directory, to: 'iisexpress', site: 'WebSite1' }, undefined);
      const results = await runChecks(preflightOf(context, plan, app, { options: {}, faults: [] }));
      return results.flatMap(({ obstacle }) => (obstacle ? [obstacle] : []));
    };
    expect(await obstaclesOf(await expressWorld())).toEqual([]);
    const remedy = { next: expect.stringContaining('iisnode for iis express 7.x') };
    expect(await obstaclesOf(await expressWorld({ installed: ['rewrite'] }))).toMatchObject([
      { code: 'IISNODE_NOT_INSTALLED', ...remedy },
    ]);
    const world = await expressWorld();
    rmSync(path.join(world.schemaFolder, 'iisnode_schema.xml'));
    expect(await obstaclesOf(world)).toMatchObject([{ code: 'IISNODE_SCHEMA_MISSING', ...remedy }]);
  });

  const earlierOf = ({ list: [earlier] }: Awaited<ReturnType<typeof expressWorld>>['records']) =>
    earlier === undefined ? {} : { earlier };
});
