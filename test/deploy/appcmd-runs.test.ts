import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DeployOptions, deploy, undeploy } from '../../src/deploy/index.js';
import { freshWorld } from '../appcmd/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** An IIS that is the embedded appcmd in memory, and every command line that reaches it. */
function countedIis() {
  const world = freshWorld();
  const ran: string[][] = [];
  const appcmd: NonNullable<DeployOptions['appcmd']> = {
    format: (args) => world.appcmd.format(args),
    run(args) {
      ran.push([...args]);
      return world.appcmd.run(args);
    },
  };
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const directory = makeApp();
  return {
    ran,
    appcmd,
    environment,
    directory,
    deploy: (more: Partial<DeployOptions> = {}) => deploy({ directory, appcmd, environment, verify: false, ...more }),
  };
}

const isList = ([verb]: readonly string[]): boolean => verb === 'list' || verb === 'search';

/** The questions that were asked twice with nothing written in between. */
function repeated(ran: readonly string[][]): string[] {
  const asked = new Set<string>();
  return ran.flatMap((args) => {
    const line = args.join(' ');
    if (!isList(args)) asked.clear();
    else if (asked.has(line)) return [line];
    else asked.add(line);
    return [];
  });
}

const objects = ['list site', 'list app', 'list vdir', 'list apppool'];
/** Of the app that `makeApp` makes. */
const sections = 6;
const kinds = (ran: readonly string[][]): string[] => ran.map(([verb, object]) => `${verb} ${object}`);

describe('the command lines of appcmd', () => {
  it('of a deploy with nothing to do ask for each thing once: sites, applications, folders, pools, modules, each section', async () => {
    const iis = countedIis();
    await iis.deploy();
    iis.ran.length = 0;
    expect(await iis.deploy()).toMatchObject({ changed: false });
    expect(repeated(iis.ran)).toEqual([]);
    const asked = kinds(iis.ran);
    expect(asked.filter((kind) => kind !== 'list config').sort()).toEqual([...objects].sort());
    // The others are for the global modules of the server, and for the server variables that its rewrite rules set.
    expect(asked.filter((kind) => kind === 'list config')).toHaveLength(sections + 2);
    expect(iis.ran).toHaveLength(objects.length + sections + 2);
  });

  it('of a first deploy are six that write, and as few that look as there can be in between', async () => {
    const iis = countedIis();
    await iis.deploy();
    expect(repeated(iis.ran)).toEqual([]);
    expect(iis.ran.filter((args) => !isList(args)).map(([verb, object]) => `${verb} ${object}`)).toEqual([
      'add apppool',
      'set apppool',
      'unlock config',
      'set config',
      'add app',
      'set app',
    ]);
    expect(iis.ran.filter(isList)).toHaveLength(sections + 14);
  });

  it('never ask twice between two that write: a dry run, another folder and pool, one that is rolled back, undeploy', async () => {
    const iis = countedIis();
    const { appcmd, environment } = iis;
    const other = makeApp({ name: 'other' });
    const refusing: typeof appcmd = {
      ...appcmd,
      async run(args) {
        const answer = await appcmd.run(args);
        return args[0] === 'set' && args[1] === 'vdir' ? { exitCode: 5, stdout: 'ERROR ( message:no )' } : answer;
      },
    };
    const rounds: [string, () => Promise<unknown>][] = [
      ['a dry run', () => iis.deploy({ dryRun: true })],
      ['a first one', () => iis.deploy()],
      ['another pool', () => iis.deploy({ pool: 'second' })],
      ['one that fails', () => iis.deploy({ directory: other, appcmd: refusing }).catch((error: unknown) => error)],
      ['another folder', () => iis.deploy({ directory: other })],
      ['undeploy', () => undeploy({ directory: other, environment, appcmd })],
    ];
    for (const [what, work] of rounds) {
      iis.ran.length = 0;
      await work();
      expect(iis.ran.filter(isList).length, what).toBeGreaterThan(0);
      expect(repeated(iis.ran), what).toEqual([]);
    }
  });
});
