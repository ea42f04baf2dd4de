import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Appcmd } from '../../src/appcmd/index.js';
import { runPlan, steps } from '../../src/deploy/index.js';
import { UserError } from '../../src/errors.js';
import { smallText } from '../appcmd/support.js';
import { releasedWorld } from './released.js';
import { deployWorld, planFor } from './support.js';

/** Refuses the commands for which `isRefused` is true. */
const refusing =
  (isRefused: (line: string) => boolean) =>
  (appcmd: Appcmd): Appcmd => ({
    format: (args) => appcmd.format(args),
    run: async (args) =>
      isRefused(args.join(' ')) ? { exitCode: 5, stdout: 'ERROR ( message:no )' } : appcmd.run(args),
  });

const errorOf = (run: Promise<unknown>): Promise<UserError> =>
  run.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error instanceof UserError ? error : Promise.reject(error)),
  );

describe('what IIS still uses after an undo that failed', () => {
  it('stays: the pool, the rights and the record of an application that cannot be removed', async () => {
    const isRefused = (line: string): boolean => /^delete app |preloadEnabled:true/i.test(line);
    const { context, world, records } = deployWorld(smallText(), refusing(isRefused));
    const error = await errorOf(runPlan(steps, context, planFor('/apps/dante'), () => undefined));
    expect(error.code).toBe('UNDO_INCOMPLETE');
    expect(world.store.text).toMatch(/path="\/dante"/);
    expect(world.store.text).toMatch(/<add name="dante"/);
    expect(records.list).toMatchObject([{ path: '/dante', poolCreated: true }]);
    expect(error.what).toMatch(/what IIS may still use stays: .*application pool/);
    expect(error.next).toMatch(/delete app .*&& {2}.*delete apppool dante {2}&& {2}npx iisnode-sock undeploy /);
  });

  it('stays: the folder of a release from which the site cannot be switched back; deploying again goes on', async () => {
    let [isBroken, switches] = [false, 0];
    const isRefused = (line: string): boolean => {
      if (!isBroken) return false;
      if (/^set vdir /.test(line)) switches++;
      return /^recycle /.test(line) || (/^set vdir /.test(line) && switches > 1);
    };
    const world = releasedWorld(smallText(), refusing(isRefused));
    await world.deploy(1);
    world.edit('two');
    isBroken = true;
    const error = await errorOf(world.deploy(2));
    expect(error.code).toBe('UNDO_INCOMPLETE');
    const served = /path="\/dante"[\s\S]*?physicalPath="([^"]*)"/.exec(world.world.store.text)?.[1] ?? '';
    expect(served).toMatch(/-000002-/);
    expect(existsSync(served)).toBe(true);
    expect(world.folder.at(served)).toBeDefined();
    expect(error.what).toMatch(/stays: .*Copy the app: release /);
    isBroken = false;
    expect((await world.deploy(3)).changed).toBe(true);
    expect(world.world.store.text).toContain(`physicalPath="${served}"`);
    expect(world.folder.unfinished()).toBeUndefined();
  });
});
