import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DeployContext, deploy, runPlan, steps } from '../../src/deploy/index.js';
import { installsOf } from '../../src/deploy/preflight/installs.js';
import { iisTarget } from '../../src/deploy/targets/iis.js';
import { iisOf, iisWith } from './preflight/support.js';
import { deployWorld, makeApp, planFor, temporaryDirectory } from './support.js';

/** A file with the first bytes of an MSI, or with others. */
function msi(name = 'product.msi', bytes = Buffer.from('d0cf11e0a1b11ae10000', 'hex')): string {
  const file = path.join(temporaryDirectory(), name);
  writeFileSync(file, bytes);
  return file;
}

const installed = iisWith(['iisnode', 'rewrite']);
const without = iisWith(['rewrite']);

/** An IIS without iisnode, whose msiexec ends so and has that effect. */
function server(exitCode = 0, effect = installed) {
  const { context, world } = deployWorld(without);
  const ran: string[][] = [];
  const run: DeployContext['run'] = async (program, args) => {
    if (program !== 'msiexec.exe') return { exitCode: 0, stdout: '' };
    ran.push([...args]);
    world.store.text = args[0] === '/x' ? without : effect;
    return { exitCode, stdout: '' };
  };
  return { ran, world, context: { ...context, run, target: iisTarget(context.appcmd, 'linux') } };
}
const planWith = (file: string) =>
  planFor('/apps/dante', {
    port: undefined,
    installs: installsOf({ directory: '.', to: 'iis', installIisnode: file }),
  });

describe('--install-iisnode', () => {
  it.each([0, 3010])('installs it quietly, with a log, where it is missing (msiexec ends with %s)', async (code) => {
    const file = msi();
    const { context, ran } = server(code);
    const { steps: said } = await runPlan(steps, context, planWith(file), () => undefined);
    expect(ran).toEqual([
      ['/i', file, '/qn', '/norestart', '/l*v', expect.stringContaining('iisnode-sock-install-iisnode.log')],
    ]);
    expect(said.find(({ id }) => id === 'install-products')?.commands).toEqual([
      expect.stringMatching(/^msiexec\.exe \/i .* \/qn \/norestart \/l\*v /),
    ]);
    expect(await runPlan(steps, context, planWith(file), () => undefined)).toMatchObject({ changed: false });
    expect(ran).toHaveLength(1);
  });

  it.each<[number, string, RegExp]>([
    [1603, without, /Return value 3.*\(the log is .*\)/],
    [1618, without, /wait until it has ended/],
    [1925, without, /elevated prompt/],
    [1, without, /read the log/],
    [0, without, /^take iisnode-full-x64\.msi from https:/],
    [3010, without, /restart Windows/],
  ])('is refused with what to do, and nothing else is changed: msiexec ends with %s', async (code, effect, next) => {
    const { context, world } = server(code, effect);
    await expect(runPlan(steps, context, planWith(msi()), () => undefined)).rejects.toMatchObject({
      code: expect.stringMatching(/^(INSTALL_FAILED|PRODUCT_NOT_INSTALLED)$/),
      exit: 'refused',
      next: expect.stringMatching(next),
    });
    expect(world.store.text).toBe(without);
  });

  it('is removed again when a later step fails', async () => {
    const file = msi();
    const { context, ran, world } = server();
    const list = steps.map((one) =>
      one.id === 'verify' ? { ...one, needed: () => true, do: () => Promise.reject(new Error('no')) } : one,
    );
    await expect(runPlan(list, context, planWith(file), () => undefined)).rejects.toMatchObject({ exit: 'refused' });
    expect(ran.map(([verb]) => verb)).toEqual(['/i', '/x']);
    expect(world.store.text).toBe(without);
  });

  it('satisfies the check, and a dry run says the command', async () => {
    const iis = iisOf(without);
    const file = msi();
    const { steps: said } = await iis.deploy({ installIisnode: file, dryRun: true });
    expect(said.flatMap(({ commands }) => commands)[0]).toContain(`/i ${file} /qn`);
    await expect(iis.deploy({ dryRun: true })).rejects.toMatchObject({
      next: expect.stringContaining('--install-iisnode FILE.msi'),
    });
  });

  it.each<[string, () => object, string]>([
    ['a file that is not there', () => ({ installIisnode: '/missing/x.msi' }), 'MSI_NOT_FOUND'],
    [
      'a page that was saved as one',
      () => ({ installRewrite: msi('x.msi', Buffer.from('<!doctype html>')) }),
      'MSI_INVALID',
    ],
    ['another name', () => ({ installRewrite: msi('x.exe') }), 'MSI_INVALID'],
    ['a script', () => ({ installIisnode: msi(), to: 'x.bat' }), 'INSTALL_NOT_HERE'],
    ['the embedded IIS', () => ({ installIisnode: msi(), to: 'embedded' }), 'INSTALL_NOT_HERE'],
  ])('refuses %s', async (_what, options, code) => {
    const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
    const { appcmd } = iisOf(without);
    await expect(deploy({ directory: makeApp(), environment, appcmd, ...options() })).rejects.toMatchObject({
      code,
      exit: 'usage',
    });
  });
});
