import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Azure } from '../support/azure.js';
import { launcher, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';
import { installPackages } from '../support/install-packages.js';
import { type ScaffoldedApp, scaffolded } from '../support/scaffolded.js';

let app: ScaffoldedApp;
let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  app = await scaffolded('dante', { path: '/' });
  rmSync(path.join(app.folder, 'node_modules'));
  installPackages(app.folder, ['socket.io']);
});
afterAll(async () => {
  app.remove();
  await remove();
});

const run = (environment: Record<string, string>, ...args: string[]) =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis'), ...environment } });

describe('deploy --to azure://', () => {
  it('deploys an app that the site then runs: page, handshake and WebSocket are looked at', async () => {
    const azure = await new Azure({ iis: true }).start();
    const profile = path.join(folder, 'app.PublishSettings');
    // As PowerShell writes it with `>`.
    writeFileSync(profile, `\uFEFF${azure.production.profile(azure.siteUrl)}`, 'utf16le');
    const environment = { AZURE_WEBAPP_PUBLISH_PROFILE: profile };
    const check = await run(environment, 'deploy', app.folder, '--to', 'azure://app', '--check');
    expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('- WebSockets are on  AZURE_ACCESS_TOKEN')]);
    expect(check.stdout).toContain('ready: it can be deployed to / of "app"\n');
    expect(azure.production.requests.filter((one) => one.startsWith('POST'))).toEqual([]);

    const { code, stdout, stderr } = await run(environment, 'deploy', app.folder, '--to', 'azure://app');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('  Deployment successful.\n');
    expect(stdout).toMatch(/✔ .*socket\.io.* ms[\s\S]*✔ .*ms[\s\S]*From zero to divine/);
    expect(stdout).toContain(`${azure.siteUrl}/`);
    expect(readFileSync(path.join(azure.production.content.wwwroot, 'web.config'), 'utf8')).toContain('iisnode');
    expect(stdout + stderr + check.stdout).not.toContain(azure.password);
    expect(stderr).not.toContain('--site');

    const server = path.join(app.folder, 'server-socketio.js');
    const works = readFileSync(server, 'utf8');
    writeFileSync(server, "throw new Error('no store')");
    const broken = await run(environment, 'deploy', app.folder, '--to', 'azure://app', '--force');
    writeFileSync(server, works);
    expect(broken.code).toBe(1);
    const logs = 'npx iisnode-sock logs --to azure://app shows what node wrote; then: npx iisnode-sock doctor ';
    expect(broken.stdout).toContain(logs);
    expect(broken.stderr).toContain(`  next: ${logs}`);
    expect((await run(environment, 'logs', '--to', 'azure://app')).stdout).toContain('no store');
  });

  it('that is killed goes on there, and is found to be live by the next one', async () => {
    const azure = await new Azure({ polls: 1_000_000 }).start();
    const { production } = azure;
    const environment = { ...azure.withProfile, IISNODE_SOCK_HOME: path.join(folder, 'iis') };
    const args = ['deploy', app.folder, '--to', 'azure://app', '--no-verify'];
    const child = spawn(process.execPath, [launcher, ...args], {
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await expect
      .poll(() => production.requests.some((one) => one.startsWith('GET /api/deployments/latest')))
      .toBe(true);
    child.kill('SIGKILL');
    await ended;
    production.finish();
    const next = await run(environment, ...args);
    expect([next.code, next.stderr]).toEqual([0, expect.stringContaining('app has this package already')]);
    expect(production.content.deployments).toHaveLength(1);
  });

  it.each([
    [['--to', 'azure://app', '--site', 'x', '--pool', 'y'], 'AZURE_OPTION  --site and --pool'],
    [['--to', 'embedded', '--time-limit', '5'], 'TIME_LIMIT_NOT_USED'],
  ])('refuses %s', async (options, said) => {
    const result = await run({}, 'deploy', app.folder, ...options);
    expect([result.code, result.stderr]).toEqual([2, expect.stringMatching(said)]);
  });
});
