import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { temporaryFolder } from '../support/cli.js';
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
  ])('the template %s at %s has no error for the doctor, and works when it is deployed', async (template, vdirPath) => {
    const app = await madeApp(template, '--path', vdirPath, ...platform);
    expect((await doctored(app)).code).toBe(0);
    const more = vdirPath === '/' ? ['--force'] : [];
    const site = await deploy(app, vdirPath, more);
    expect(site.seen.steps.filter(({ ok }) => !ok)).toEqual([]);
    await site.undeploy();
  });

  it.each([
    ['bin-www', '/'],
    ['session-login', '/app'],
    ['websocket-only', '/app'],
    ['listen-number', '/'],
  ])('the app %s at %s is adopted and works, also after a recycle', async (name, vdirPath) => {
    const app = Object.values(groups)
      .flat()
      .find((each) => each.name === name);
    const { folder, changed } = await copyOf(name);
    const { code, stderr } = await cliHere(['init', folder, '--path', vdirPath, '--yes', ...platform]);
    expect(code, stderr).toBe(0);
    const site = await deploy(folder, vdirPath);
    await use(app ?? {}, site.url);
    site.recycle();
    await use(app ?? {}, site.url);
    await site.undeploy();
    expect(changed()).toEqual([]);
  });

  it('a release is switched, and rolled back', async () => {
    const { folder, remove } = await temporaryFolder();
    onTestFinished(remove);
    const app = path.join(folder, 'app');
    mkdirSync(app);
    const serverOf = (answer: string): string =>
      `require('http').createServer((q, s) => s.end('${answer} ' + q.url)).listen(process.env.PORT);\n`;
    writeFileSync(path.join(app, 'package.json'), '{ "main": "server.js" }');
    writeFileSync(path.join(app, 'server.js'), serverOf('first'));
    const environment = homeBeside(app);
    const run = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await cliHere(args, { environment });
      expect(code, `${args.join(' ')}\n${stdout}\n${stderr}`).toBe(0);
      return stdout;
    };
    await run('init', app, '--path', '/m', '--loader', 'never', ...platform);
    const to = ['--to', 'embedded', '--path', '/m', '--no-verify'];
    const made = await run('deploy', app, ...to, '--releases', '--port', '0', '--json');
    onTestFinished(async () => void (await stopBackgroundHost(openHome(environment))));
    const { url } = JSON.parse(made) as { url: string };
    const answer = async (): Promise<string> => (await fetch(new URL('a', url.replace(/\/*$/, '/')))).text();
    expect(await answer()).toBe('first /m/a');
    writeFileSync(path.join(app, 'server.js'), serverOf('second'));
    await run('deploy', app, ...to, '--releases');
    expect(await answer()).toBe('second /m/a');
    await run('rollback', '--dir', app, '--path', '/m', '--no-verify');
    expect(await answer()).toBe('first /m/a');
    await run('undeploy', app, '--path', '/m');
  });
});
