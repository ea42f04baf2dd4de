import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type DeployOptions, deploy, listReleases, rollback, status, undeploy } from '../../src/deploy/index.js';
import { hostStatus, openHome, stopBackgroundHost } from '../../src/host/index.js';
import { catchAll } from '../support/catch-all.js';
import { cli, environmentOf } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { makeApp, temporaryDirectory } from './support.js';

const killer = path.join(import.meta.dirname, '..', 'support', 'kill-at-change.cjs');
const answering = (text: string): string =>
  `require('node:http').createServer((q, s) => s.end('${text}')).listen(process.env.PORT);`;

/** An app on the embedded IIS, with its releases. */
function embedded() {
  const directory = makeApp();
  writeFileSync(path.join(directory, 'web.config'), catchAll());
  const environment = environmentOf({ IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') });
  const home = openHome(environment);
  const place = { directory, environment };
  onTestFinished(async () => void (await stopBackgroundHost(home)));
  return {
    home,
    place,
    base: path.join(home.directory, 'apps', 'Default Web Site+dante'),
    async release(text: string): Promise<string> {
      writeFileSync(path.join(directory, 'server.js'), answering(text));
      const options: DeployOptions = { ...place, to: 'embedded', port: 0, path: '/dante', releases: 2, verify: false };
      return (await deploy(options)).plan.release?.id ?? '';
    },
    /** The name of the folder that IIS serves. */
    served(): string | undefined {
      const text = readFileSync(home.applicationHostFile, 'utf8');
      return /path="\/dante"[\s\S]*?physicalPath="[^"]*?([^"/\\]*)"/.exec(text)?.[1];
    },
    async answer(): Promise<string> {
      const origin = (await hostStatus(home))?.addresses[0]?.origin;
      return (await fetch(`${origin}/dante/`)).text();
    },
    /** Runs the program, and kills it before a change. */
    async kill(at: string, ...args: readonly string[]): Promise<void> {
      const killing = { ...environment, NODE_OPTIONS: `--require ${killer}`, KILL_AT: at };
      const { code, stderr } = await cli(args, { environment: killing });
      expect(code, stderr).toBe(null);
    },
  };
}

type Embedded = ReturnType<typeof embedded>;

/** What no command leaves behind: parts of a write, of a switch, and locks. */
function leftOf({ home, base }: Embedded): readonly string[] {
  const folders = [home.directory, base, path.join(base, 'releases')].filter((folder) => existsSync(folder));
  return folders
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => /\.tmp$|^switching|^deploy\.lock/.test(name));
}

/** All three say the same: IIS, `status` and `releases`. */
async function liveIn({ home, place, served }: Embedded): Promise<string | undefined> {
  const [told] = (await status(home)).deployed;
  const listed = (await listReleases(place)).releases.find(({ live }) => live);
  expect([told?.release, listed?.id, told?.missing ?? false]).toEqual([served(), served(), served() === undefined]);
  return served();
}

// Kills at each command in memory: over-ssh-killed.test.ts, remove-app.test.ts.
it.each([
  ['it has recorded anything', 'deployments.json', 'two', 'rollback'],
  ['the host knows the new folder', 'message reload', 'one', 'rollback'],
  ['the journal has it', 'journal', 'one', 'rollback'],
  ['the former processes are ended', 'message recycle', 'one', 'deploy'],
])(
  'rollback whose process is killed before %s: status says what is live, and the next command completes it',
  async (...row) => {
    const [, at, live, next] = row;
    const iis = embedded();
    const { home, place, release, answer } = iis;
    const ids = { one: await release('one'), two: await release('two') };
    expect(await answer()).toBe('two');
    await iis.kill(at, 'rollback', '--dir', place.directory, '--no-verify');
    expect(await liveIn(iis)).toBe(live === 'one' ? ids.one : ids.two);
    if (next === 'deploy') await release('two');
    else await rollback({ ...place, verify: false });
    const [wanted, text] = next === 'deploy' ? [ids.two, 'two'] : [ids.one, 'one'];
    expect([await liveIn(iis), await answer()]).toEqual([wanted, text]);
    const others = async (): Promise<readonly string[]> =>
      (await status(home)).processes.map(({ app }) => app).filter((app) => !app.includes(wanted));
    await expect.poll(others).toEqual([]);
    const { releases, leftovers } = await listReleases(place);
    expect([releases.find((one) => one.live)?.last, leftovers]).toMatchObject([{ command: next, outcome: 'done' }, []]);
    expect(leftOf(iis)).toEqual([]);
  },
);

it.each([
  ['the host knows that it is gone', 'message reload', 'undeploy'],
  ['its releases are removed', 'rmSync .*releases', 'rollback'],
  ['the last release is removed', 'rmdir .*releases', 'deploy'],
])(
  'undeploy whose process is killed before %s: status says it, and the next command completes it',
  async (_what, at, next) => {
    const iis = embedded();
    const { home, place, base, release, answer } = iis;
    await release('one');
    await release('two');
    await iis.kill(at, 'undeploy', place.directory);
    expect(await liveIn(iis)).toBeUndefined();
    const { stdout } = await cliHere(['status'], { cwd: place.directory, environment: place.environment });
    expect(stdout).toContain(`missing      /dante of Default Web Site, from ${place.directory}\n`);
    expect(stdout).toContain('npx iisnode-sock undeploy --to embedded --site "Default Web Site" --path /dante removes');
    if (next === 'deploy') await release('three');
    if (next === 'rollback') await rollback({ ...place, verify: false });
    if (next !== 'undeploy')
      expect([await liveIn(iis), await answer()]).toEqual([expect.any(String), next === 'deploy' ? 'three' : 'two']);
    expect((await undeploy(place)).changed).toBe(true);
    expect([leftOf(iis), readdirSync(base)]).toEqual([[], ['journal.jsonl']]);
    const { host, deployed, applications, pools } = await status(home);
    expect([host, deployed, applications.length, pools.map(({ name }) => name)]).toEqual([
      undefined,
      [],
      1,
      ['DefaultAppPool'],
    ]);
  },
);
