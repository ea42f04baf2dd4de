import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  type DeployOptions,
  deploy,
  listReleases,
  readLogs,
  rollback,
  status,
  undeploy,
} from '../../src/deploy/index.js';
import { hostStatus, openHome, stopBackgroundHost } from '../../src/host/index.js';
import { ChaosViewer } from '../redis/viewers.js';
import { environmentOf, launcher } from '../support/cli.js';
import { installPackages } from '../support/install-packages.js';
import { scaffolded } from '../support/scaffolded.js';
import { temporaryDirectory } from './support.js';

const { inferno } = createRequire(import.meta.url)('../../templates/dante/inferno.js') as { inferno: string[][] };

async function dante(): Promise<{ readonly options: DeployOptions; readonly entry: string }> {
  const { folder, remove } = await scaffolded('dante');
  rmSync(path.join(folder, 'node_modules'));
  installPackages(folder, ['socket.io']);
  const environment = environmentOf({
    IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home'),
    STANZA_INTERVAL: '1500', // the last of 46 stanzas must not come before the last deployment
  });
  onTestFinished(async () => {
    await stopBackgroundHost(openHome(environment));
    remove();
  });
  return {
    options: { directory: folder, to: 'embedded', port: 0, environment },
    entry: path.join(folder, 'server-socketio.js'),
  };
}

/** Starts a deployment in a process of its own, and kills it when it has printed the pattern. */
async function killedDeployment({ directory, environment }: DeployOptions, pattern: RegExp): Promise<void> {
  const child = spawn(process.execPath, [launcher, 'deploy', directory], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let seen = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    if (pattern.test(seen)) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  expect([signal, seen]).toEqual(['SIGKILL', expect.stringMatching(pattern)]);
}

it('a viewer of Dante misses no stanza through a deployment, a rollback, and one whose process is killed', {
  timeout: 180_000,
}, async () => {
  const { options, entry } = await dante();
  const { directory, environment = {} } = options;
  const first = await deploy({ ...options, releases: 2 });
  expect(first).toMatchObject({ changed: true, probe: { ok: true }, plan: { release: { source: directory } } });
  const viewer = new ChaosViewer('websocket', new URL(first.url ?? ''), 6000, 0, () => 0);
  onTestFinished(() => viewer.stop());
  await viewer.arrived;
  const again = async (connections: number): Promise<void> => {
    await expect.poll(() => viewer.connections, { interval: 20 }).toBeGreaterThanOrEqual(connections);
    const { stanzas } = viewer;
    await expect.poll(() => viewer.stanzas, { interval: 20 }).toBeGreaterThan(stanzas);
  };
  await again(1);

  appendFileSync(entry, "\nconsole.log('the second release');\n");
  const second = await deploy({ directory, environment });
  expect(second).toMatchObject({
    changed: true,
    probe: { ok: true },
    plan: { release: { from: first.plan.release?.id } },
  });
  await again(2);

  expect(await rollback({ directory, environment })).toMatchObject({
    changed: true,
    plan: { release: { id: first.plan.release?.id, from: second.plan.release?.id } },
  });
  await again(3);

  appendFileSync(entry, "\nconsole.log('the third release');\n");
  await killedDeployment(options, /Copy the app: release \S+ {2}\d+ ms/);
  const third = await deploy({ directory, environment });
  await again(4);
  expect(viewer.outOfTurn).toEqual([]);
  expect(viewer.lines).toEqual(inferno.slice(0, viewer.stanzas).flat());

  const list = await listReleases({ directory, environment });
  expect(list.leftovers).toEqual([]);
  expect(list.releases.map(({ id, live, last }) => [id, live, last?.command, last?.outcome])).toEqual([
    [third.plan.release?.id, true, 'deploy', 'done'],
    [second.plan.release?.id, false, 'deploy', 'done'],
    // It was live until now: its processes may still be ending.
    [first.plan.release?.id, false, 'rollback', 'done'],
  ]);
  const logged: string[] = [];
  for await (const { text } of readLogs({ directory, environment })) logged.push(text);
  expect(logged).toContain('the third release');
  expect((await status(openHome(environment))).deployed).toMatchObject([
    { directory, release: third.plan.release?.id },
  ]);

  await undeploy({ directory, environment });
  expect(existsSync(list.base)).toBe(true);
  expect(existsSync(path.join(list.base, 'releases'))).toBe(false);
  expect(await hostStatus(openHome(environment))).toBeUndefined();
});
