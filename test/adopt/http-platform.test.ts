import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cliHere } from '../support/cli-here.js';
import { doctored, madeApp } from '../templates/real-app.js';
import { copyOf } from './copy.js';
import { deploy, homeBeside } from './deployed.js';
import { groups } from './list/index.js';
import { use } from './works.js';

const platform = ['--module', 'httpplatform'] as const;

describe('under HttpPlatformHandler', () => {
  it.each([
    ['dante', '/dante'],
    ['dante-faye', '/faye'],
    ['chat', '/'],
    ['minimal', '/My App'],
  ])('the template %s at %s is right for the doctor, and works when it is deployed', async (template, vdirPath) => {
    const app = await madeApp(template, '--path', vdirPath, ...platform);
    expect(await doctored(app)).toEqual({ code: 0, findings: [] });
    const site = await deploy(app, vdirPath);
    expect(site.seen.steps.filter(({ ok }) => !ok)).toEqual([]);
    await site.undeploy();
  });

  it('a release is switched, and rolled back', async () => {
    const app = await madeApp('minimal', '--path', '/m', ...platform);
    const site = await deploy(app, '/m', ['--releases']);
    appendFileSync(`${app}/server.js`, "\nprocess.title = 'second';\n");
    const environment = homeBeside(app);
    for (const args of [
      ['deploy', app, '--to', 'embedded', '--path', '/m', '--releases'],
      ['rollback', app, '--to', 'embedded', '--path', '/m'],
    ]) {
      const { code, stdout, stderr } = await cliHere(args, { environment });
      expect(code, `${stdout}\n${stderr}`).toBe(0);
    }
    await site.undeploy();
  });

  const chosen = ['esm-top-level-await', 'listen-number', 'fastify', 'socket-io-port'];
  const apps = Object.values(groups).flat();
  const some = apps.filter(({ name }) => chosen.includes(name));
  it.each(some.map((app) => [app.name, app] as const))('%s works at the root of a site', async (name, app) => {
    const { folder } = await copyOf(name);
    const made = await cliHere(['init', folder, '--path', '/', ...platform, '--json']);
    expect(made.code, made.stderr).toBe(0);
    const site = await deploy(folder, '/');
    await use(app, site.url);
    await site.undeploy();
  });
});
