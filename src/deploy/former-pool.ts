import { deletePool, listApps, listPools } from '../appcmd/index.js';
import { messageOf } from './failure.js';
import { listEntries, runOne, same } from './steps/run-appcmd.js';
import type { DeployContext, DeployEvent, DeploymentRecord, DeployPlan, DeployResult } from './types.js';

/** none: there is no such pool; free: no application uses it. */
export type PoolUse = 'none' | 'free' | 'used';

/** Who uses a pool besides the application of `except`. */
export async function poolUse(
  context: DeployContext,
  pool: string,
  except?: { readonly siteName: string; readonly vdirPath: string },
): Promise<PoolUse> {
  if (!(await listEntries(context, listPools())).some((entry) => same(entry.name, pool))) return 'none';
  const apps = await listEntries(context, listApps());
  const others = apps.filter(
    (app) =>
      same(app.get('APPPOOL.NAME'), pool) &&
      !(except && same(app.get('SITE.NAME'), except.siteName) && same(app.get('path'), except.vdirPath)),
  );
  return others.length === 0 ? 'free' : 'used';
}

/** A pool deploy made stays while others use it; the last of them that deploy knows takes it away. */
export async function bequeathPool({ records }: DeployContext, record: DeploymentRecord): Promise<void> {
  const { target, pool } = record;
  const heir = (await records?.all())?.find((one) => one.target === target && same(one.pool, pool) && one !== record);
  if (heir !== undefined) await records?.save({ ...heir, poolCreated: true });
}

/**
 * Removes the pool that an earlier deployment of the same application had made, when this one took another and nobody
 * else uses it. It comes last, when nothing has to be undone any more; failing, it says how to do it by hand.
 */
export async function removeFormerPool(
  context: DeployContext,
  plan: DeployPlan,
  former: DeploymentRecord | undefined,
  report: (event: DeployEvent) => void,
  dryRun: boolean,
): Promise<DeployResult['steps']> {
  if (former?.poolCreated !== true || same(former.pool, plan.poolName)) return [];
  const use = await poolUse(context, former.pool, plan);
  if (use === 'none') return [];
  if (use === 'used') {
    if (!dryRun) await bequeathPool(context, former);
    return [];
  }
  const began = performance.now();
  const args = deletePool(former.pool);
  const step = {
    id: 'remove-former-pool',
    title: `Remove the former pool "${former.pool}"`,
    commands: [context.appcmd.format(args)],
  };
  const tell = (phase: DeployEvent['phase'], note?: string): void => {
    const commands = note === undefined ? step.commands : [];
    const ms = performance.now() - began;
    report({ step: step.id, title: step.title, commands, phase, ms, ...(note === undefined ? {} : { note }) });
  };
  tell('looked');
  if (dryRun) return [step];
  try {
    tell('doing');
    await runOne(context, args, [1168]);
    tell('done');
    return [step];
  } catch (error) {
    tell('looked', `it stays: ${messageOf(error)}; by hand: ${step.commands[0]}`);
    return [];
  }
}
