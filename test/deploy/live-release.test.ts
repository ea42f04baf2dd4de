import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { deploy, readDeployedApp, status, undeploy } from '../../src/deploy/index.js';
import { readJournal } from '../../src/deploy/releases/journal.js';
import { openHome } from '../../src/host/index.js';
import { iisOf, iisWith } from './preflight/support.js';
import { makeApp, temporaryDirectory } from './support.js';

/** An IIS with a release, and what a deployment of the next one has left. */
async function releasedIis() {
  const iis = iisOf(iisWith(), makeApp({ server: '// one' }));
  const { directory, appcmd, environment, world } = iis;
  const base = temporaryDirectory();
  const release = async (text: string): Promise<string> => {
    writeFileSync(path.join(directory, 'server.js'), `// ${text}`);
    const options = { directory, appcmd, environment, verify: false, releases: 5, releasesDirectory: base };
    return (await deploy(options)).plan.release?.id ?? '';
  };
  const folderOf = (id: string): string => path.join(base, 'releases', id);
  const first = await release('one');
  const home = openHome(environment);
  return {
    first,
    release,
    folderOf,
    /** Its process was killed while it copied: the record is written, and a part of the release is there. */
    killedWhileItCopied() {
      const next = '20300101-000000-0a1b2c3d';
      const file = path.join(home.directory, 'deployments.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace(first, next));
      mkdirSync(folderOf(next));
    },
    /** Its process was killed when the release was complete, before the switch. */
    async killedBeforeItsSwitch() {
      await release('two');
      await world.run('set', 'vdir', 'Default Web Site/dante/', `/physicalPath:${folderOf(first)}`);
    },
    statusOfIis: async () => (await status(home, { appcmd })).iis,
    appOfLogs: async (asks = false) =>
      (await readDeployedApp(directory, environment, asks ? appcmd : undefined)).directory,
    /** Its process was killed before it wrote what has become of it. */
    withoutLastLine() {
      const journal = path.join(base, 'journal.jsonl');
      writeFileSync(journal, readFileSync(journal, 'utf8').replace(/[^\n]*\n$/, ''));
    },
    undeployed: async () => {
      await undeploy({ directory, environment, appcmd });
      return readJournal(base).at(-1);
    },
  };
}

it('after a deployment that was killed while it copied, the release before it is live, wherever it is named', async () => {
  const iis = await releasedIis();
  iis.killedWhileItCopied();
  expect((await iis.statusOfIis())?.deployed).toMatchObject([{ release: iis.first }]);
  expect(await iis.appOfLogs()).toBe(iis.folderOf(iis.first));
  expect(await iis.undeployed()).toMatchObject({ command: 'undeploy', release: iis.first });
});

it('the same, when it was killed between the copy and the switch', async () => {
  const iis = await releasedIis();
  await iis.killedBeforeItsSwitch();
  expect((await iis.statusOfIis())?.deployed).toMatchObject([{ release: iis.first }]);
  expect(await iis.undeployed()).toMatchObject({ command: 'undeploy', release: iis.first });
});

it('the logs are those of the release that IIS serves, not of one that was copied and never served', async () => {
  const iis = await releasedIis();
  await iis.killedBeforeItsSwitch();
  expect(await iis.appOfLogs(true)).toBe(iis.folderOf(iis.first));
});

it('they are those of the release that IIS serves, also when its deployment was killed before it was written down', async () => {
  const iis = await releasedIis();
  const second = await iis.release('two');
  iis.withoutLastLine();
  expect(await iis.appOfLogs(true)).toBe(iis.folderOf(second));
});

it('where IIS cannot be asked, they are those of the last release whose deployment was complete', async () => {
  const iis = await releasedIis();
  await iis.killedBeforeItsSwitch();
  iis.withoutLastLine();
  expect(await iis.appOfLogs()).toBe(iis.folderOf(iis.first));
});
