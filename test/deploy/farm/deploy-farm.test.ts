import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FarmActions } from '../../../src/deploy/farm/deploy-farm.js';
import type { ServerOutcome } from '../../../src/deploy/farm/run-farm.js';
import type { DeployEvent, DeployFarmTalk, DeployWarning, FarmFacts } from '../../../src/deploy/index.js';
import { deploy, deployFarm, listReleases, rollback, undeploy } from '../../../src/deploy/index.js';
import type { DeployOptions, DeployResult } from '../../../src/deploy/types.js';
import { UserError } from '../../../src/errors.js';
import { exitCodes } from '../../../src/exit-codes.js';
import { openHome, stopBackgroundHost } from '../../../src/host/index.js';
import { makeApp, temporaryDirectory } from '../support.js';

/** What was said, one line each. */
function listener() {
  const said: string[] = [];
  const say = ({ server, outcome }: ServerOutcome<DeployResult>): void => void said.push(`${server}: ${outcome}`);
  const talk: DeployFarmTalk = {
    began: (server) => void said.push(`${server}: begins`),
    ended: say,
    putsBack: (server) => void said.push(`${server}: goes back`),
    wasPutBack: say,
    event: (server: string, { step, phase }: DeployEvent) =>
      void (phase === 'failed' && said.push(`${server}: ${step} failed`)),
    warning: ({ rule }: DeployWarning) => void said.push(rule),
    assumed: () => undefined,
    note: (sentence) => void said.push(sentence),
  };
  return { said, talk };
}

const quiet: FarmFacts = { apart: undefined, polls: false };
const rulesOf = (facts: FarmFacts = quiet, warnings: readonly DeployWarning[] = []) => ({
  checkApp: () => warnings,
  farmFacts: () => facts,
});
const refusal = (code: string): UserError => new UserError(code, { what: 'w', why: 'y', next: 'n', exit: 'refused' });
const page = 'http://127.0.0.1';

/** Servers with a home each: what `--to` names is its folder. */
function homes(...names: readonly string[]) {
  const root = temporaryDirectory();
  const environmentOf = (to: string | undefined) => ({
    ...process.env,
    IISNODE_SOCK_HOME: path.join(root, new URL(to ?? '').hostname),
  });
  const at = <Options extends { readonly to?: string }>(options: Options) => ({
    ...options,
    to: 'embedded',
    environment: environmentOf(options.to),
  });
  onTestFinished(async () => {
    for (const name of names) await stopBackgroundHost(openHome(environmentOf(`ssh://${name}`)));
  });
  const actions: FarmActions = {
    deploy: async (options, _check, report) => {
      if (new URL(options.to ?? '').hostname === 'broken') throw refusal('DISK_FULL');
      return deploy({ ...at(options), port: 0 }, report);
    },
    rollback: (options) => rollback(at(options)),
    undeploy: (options) => undeploy(at(options)),
  };
  return { actions, at };
}

describe('a farm', () => {
  it('assumes nothing that its addresses name, and refuses a path of theirs before the first server', async () => {
    const { actions } = homes();
    const directory = makeApp();
    const { said, talk } = listener();
    const assumed: string[] = [];
    const hearing = {
      ...talk,
      assumed: (values: Parameters<DeployFarmTalk['assumed']>[0]) =>
        void assumed.push(...values.map(({ what }) => what)),
    };
    const to = (at: string): string[] => ['broken', 'web2'].map((host) => `ssh://${host}/Shop/${at}`);
    const run = await deployFarm({ options: { directory }, servers: to('dante') }, rulesOf(), hearing, actions);
    expect([run.servers.length, assumed.filter((name) => /site|path/.test(name))]).toEqual([2, []]);
    said.length = 0;
    const elsewhere = deployFarm({ options: { directory }, servers: to('other') }, rulesOf(), hearing, actions);
    await expect(elsewhere).rejects.toMatchObject({ code: 'VDIR_PATH_MISMATCH' });
    expect(said.filter((line) => line.includes('begins'))).toEqual([]);
  });

  it('is all or nothing: what was a release goes back to it, and what was new is removed', async () => {
    const { actions, at } = homes('web1', 'web2');
    const directory = makeApp({
      vdirPath: '/',
      server: "require('node:http').createServer((q, s) => s.end('one')).listen(process.env.PORT);",
    });
    const options: DeployOptions = { directory, path: '/', releases: true, verify: false };
    const first = await actions.deploy({ ...options, to: 'ssh://web1' });
    expect(first.before).toEqual({ was: 'nothing' });
    const before = readFileSync(path.join(first.plan.directory, 'server.js'), 'utf8');
    writeFileSync(path.join(directory, 'server.js'), before.replace('one', 'two'));
    const { said, talk } = listener();
    const servers = ['ssh://web1', 'ssh://web2', 'ssh://broken'];
    const run = await deployFarm({ options, servers }, rulesOf(), talk, actions);
    expect(run.servers.map(({ outcome }) => outcome)).toEqual(['undone', 'undone', 'failed']);
    expect(run.exit).toBe('refused');
    expect(said).toEqual([
      'ssh://web1: begins',
      'ssh://web1: done',
      'ssh://web2: begins',
      'ssh://web2: done',
      'ssh://broken: begins',
      'ssh://broken: failed',
      'ssh://web2: goes back',
      'ssh://web2: undone',
      'ssh://web1: goes back',
      'ssh://web1: undone',
    ]);
    const { releases } = await listReleases(at({ directory, to: 'ssh://web1' }));
    // The newest first.
    expect(releases.map(({ live, last }) => `${live} ${last?.command}`)).toEqual(['false deploy', 'true rollback']);
    await expect(listReleases(at({ directory, to: 'ssh://web2' }))).rejects.toMatchObject({ code: 'NOT_DEPLOYED' });
    expect(await (await fetch(first.url ?? page)).text()).toBe('one');
    // Interrupted while the second server is changed.
    const controller = new AbortController();
    const interrupting: DeployFarmTalk = {
      ...talk,
      event: (server, { step }) =>
        void (server === 'ssh://web2' && step === 'create-application' && controller.abort()),
    };
    const asked = { options: { ...options, signal: controller.signal }, servers: servers.slice(0, 2) };
    const ended = await deployFarm(asked, rulesOf(), interrupting, actions);
    expect(ended.servers.map(({ outcome }) => outcome)).toEqual(['undone', 'failed']);
    expect(exitCodes[ended.exit].code).toBe(130);
    await expect(listReleases(at({ directory, to: 'ssh://web2' }))).rejects.toMatchObject({ code: 'NOT_DEPLOYED' });
    expect(await (await fetch(first.url ?? page)).text()).toBe('one');
    await undeploy(at({ directory, to: 'ssh://web1' }));
  });

  it('writes files, and puts their former content back', async () => {
    const directory = makeApp();
    const [script, zip] = [path.join(directory, 'new.bat'), path.join(directory, 'app.zip')];
    await deploy({ directory, to: zip });
    const former = readFileSync(zip);
    writeFileSync(path.join(directory, 'server.js'), 'changed();');
    const { talk } = listener();
    const failing: FarmActions = {
      deploy: (options, _check, report) =>
        options.to === 'ssh://x' ? Promise.reject(refusal('X')) : deploy(options, report),
      rollback,
      undeploy,
    };
    const request = { options: { directory }, servers: [script, zip, 'ssh://x'] };
    const undone = await deployFarm(request, rulesOf(), talk, failing);
    expect(undone.servers.map(({ outcome }) => outcome)).toEqual(['undone', 'undone', 'failed']);
    expect(() => readFileSync(script)).toThrow('ENOENT');
    expect(readFileSync(zip)).toEqual(former);
    const kept = await deployFarm({ ...request, keepGoing: true }, rulesOf(), talk, failing);
    expect(kept.servers.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'failed']);
    expect(readFileSync(script, 'latin1')).toContain('appcmd');
    expect(readFileSync(zip)).not.toEqual(former);
  });

  it('without an adapter is refused with the rule, before anything is changed; --force goes past it', async () => {
    const directory = makeApp();
    const apart = {
      rule: 'PROCESSES_WITHOUT_ADAPTER',
      message: 'io.emit reaches few.',
      why: 'memory',
      fix: 'attach one',
    };
    const { said, talk } = listener();
    const asked: string[] = [];
    const actions: FarmActions = {
      deploy: async ({ to = '', build }) => {
        asked.push(`${to} ${build}`);
        throw refusal('X');
      },
      rollback,
      undeploy,
    };
    const request = { options: { directory }, servers: ['ssh://a', 'ssh://b'], keepGoing: true };
    const rules = rulesOf({ apart, polls: true }, [apart]);
    await expect(deployFarm(request, rules, talk, actions)).rejects.toMatchObject({
      code: 'FARM_WITHOUT_ADAPTER',
      why: 'io.emit reaches few. (PROCESSES_WITHOUT_ADAPTER)',
      next: expect.stringContaining('--force'),
    });
    expect([asked, said]).toEqual([[], ['PROCESSES_WITHOUT_ADAPTER']]);
    // A file is no server.
    const withFile = { ...request, servers: [path.join(directory, 'x.bat'), ...request.servers] };
    await expect(deployFarm(withFile, rules, listener().talk, actions)).rejects.toMatchObject({
      what: expect.stringContaining('would run on 2 servers'),
    });
    await deployFarm({ ...request, options: { directory, force: true } }, rules, talk, actions);
    expect(asked).toEqual(['ssh://a false', 'ssh://b false']);
    expect(said.join('\n')).toContain('ARR');
    const alone = await deployFarm(
      { ...request, servers: [path.join(directory, 'x.zip'), 'ssh://a'] },
      rules,
      talk,
      actions,
    );
    expect(alone.servers.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });

  it('with a name that is no target is refused before the first server is asked', async () => {
    const { said, talk } = listener();
    const request = { options: { directory: makeApp() }, servers: ['embedded', 'embeded'] };
    await expect(deployFarm(request, rulesOf(), talk)).rejects.toMatchObject({ code: 'UNKNOWN_TARGET' });
    expect(said).toEqual([]);
  });
});
