import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { takeLock } from '../../src/files/index.js';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { catchAll } from '../support/catch-all.js';
import { cli, launcher, start, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

/** A new home, which nobody has used, whose host is gone after the test. */
async function newHome(): Promise<{ folder: string; environment: { IISNODE_SOCK_HOME: string } }> {
  const { folder, remove } = await temporaryFolder();
  const environment = { IISNODE_SOCK_HOME: path.join(folder, 'home') };
  onTestFinished(async () => {
    await stopBackgroundHost(openHome(environment));
    await remove();
  });
  return { folder, environment };
}

/** An app that answers every URL with its name. */
async function makeApp(folder: string, name: string): Promise<string> {
  const app = path.join(folder, name);
  await mkdir(app);
  await writeFile(path.join(app, 'web.config'), catchAll());
  const server = `require('node:http').createServer((q, s) => s.end('${name}')).listen(process.env.PORT);`;
  await writeFile(path.join(app, 'server.js'), server);
  return app;
}

const deployTo = (app: string): string[] => ['deploy', app, '--to', 'embedded', '--port', '0', '--no-verify'];

/** Everything about one round in which several deploys are started at once. */
async function round(count: number): Promise<void> {
  const { folder, environment } = await newHome();
  const names = Array.from({ length: count }, (_, index) => `app${index}`);
  const apps = await Promise.all(names.map((name) => makeApp(folder, name)));
  const ran = await Promise.all(apps.map((app) => cli([...deployTo(app), '--json'], { environment })));
  expect(ran.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual(names.map(() => [0, '']));
  const urls = ran.map(({ stdout }) => (JSON.parse(stdout) as { url: string }).url);
  expect(await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).toEqual(names);
  const seen = JSON.parse((await cliHere(['status', '--json'], { environment })).stdout) as {
    applications: { path: string; url: string; deployed: boolean }[];
  };
  const deployed = seen.applications.filter(({ path: at }) => at !== '/').sort((a, b) => (a.path < b.path ? -1 : 1));
  expect(deployed).toMatchObject(names.map((name, index) => ({ path: `/${name}`, url: urls[index], deployed: true })));
  expect(readdirSync(environment.IISNODE_SOCK_HOME).filter((name) => /tmp|deploy\.lock|appcmd/.test(name))).toEqual([]);
}

describe('several deploys at once to a new home', () => {
  it.each([
    [2, 1],
    [4, 2],
  ])('%i of them all succeed, and all apps answer: %i times two rounds', { timeout: 300_000 }, async (count, pairs) => {
    for (let pair = 0; pair < pairs; pair++) await Promise.all([round(count), round(count)]);
  });

  it('undeploys among them leave what the others deployed', async () => {
    const { folder, environment } = await newHome();
    const [first = '', second = '', third = ''] = await Promise.all(
      ['first', 'second', 'third'].map((name) => makeApp(folder, name)),
    );
    expect(await cliHere(deployTo(first), { environment })).toMatchObject({ code: 0 });
    const ran = await Promise.all(
      [['undeploy', first], deployTo(second), deployTo(third)].map((args) => cli(args, { environment })),
    );
    expect(ran.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual(
      [0, 0, 0].map((code) => [code, '']),
    );
    const { stdout } = await cliHere(['appcmd', 'list', 'app', '/text:path'], { environment });
    expect(stdout.trim().split('\n').sort()).toEqual(['/', '/second', '/third']);
  });
});

describe('a deploy while another one is at work', () => {
  /** A home on whose lock somebody holds; the app is not deployed yet. */
  async function lockedHome() {
    const { folder, environment } = await newHome();
    const app = await makeApp(folder, 'waiting');
    await mkdir(environment.IISNODE_SOCK_HOME);
    const file = path.join(environment.IISNODE_SOCK_HOME, 'deploy.lock');
    const lock = await takeLock(file, { command: 'deploy /apps/other', patience: 0 });
    return { environment, app, file, lock };
  }
  const says = new RegExp(`waiting for deploy /apps/other \\(process ${process.pid}, since \\d{4}-\\S+Z\\) to end`);

  it('waits, says who is at work, and goes on when that one has ended', async () => {
    const { environment, app, lock } = await lockedHome();
    // The shell sends both outputs to the one that is looked at.
    const command = `"${process.execPath}" "${launcher}" ${deployTo(app).join(' ')} 2>&1`;
    const running = await start(
      process.platform === 'win32' ? 'cmd' : 'sh',
      [process.platform === 'win32' ? '/c' : '-c', command],
      says,
      { environment },
    );
    lock.release();
    await expect.poll(() => running.child.exitCode).toBe(0);
    expect(running.output()).toMatch(/http:\/\/127\.0\.0\.1:\d+\/waiting\//);
  });

  it.runIf(process.platform !== 'win32').each(['deploy', 'undeploy'])(
    '%s ends at once when it is interrupted, with 130 and nothing changed',
    async (name) => {
      const { environment, app, file, lock } = await lockedHome();
      const args = name === 'deploy' ? deployTo(app) : ['undeploy', app];
      const command = `exec "${process.execPath}" "${launcher}" ${args.join(' ')} 2>&1`;
      const running = await start('sh', ['-c', command], says, { environment });
      expect(await running.stop('SIGINT')).toBe(130);
      expect(running.output()).toMatch(/^error INTERRUPTED {2}interrupted\n {2}.*; it has changed nothing\.$/m);
      expect(readdirSync(environment.IISNODE_SOCK_HOME)).toEqual(['deploy.lock']);
      expect(readFileSync(file, 'utf8')).toContain('/apps/other');
      lock.release();
    },
  );

  it('takes over what a killed one left, whatever number its process had', async () => {
    const { environment, app, file, lock } = await lockedHome();
    const left = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    lock.release();
    writeFileSync(file, JSON.stringify({ ...left, pid: 2 ** 22 - 1, identity: 'of another start' }));
    expect(await cliHere(deployTo(app), { environment })).toMatchObject({ code: 0 });
  });
});
