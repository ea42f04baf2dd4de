import { listApps } from '../appcmd/index.js';
import type { AppPlace, DeploymentRecord } from './plan.js';
import { otherRecords } from './records.js';
import type { DeployContext } from './step.js';
import { findPool, listEntries, same } from './steps/run-appcmd.js';

/** none: the pool does not exist; free: no application uses it. */
export type PoolUse = 'none' | 'free' | 'used';

/** The applications that use a pool, except `except`. */
export async function poolUse(
  context: Pick<DeployContext, 'appcmd'>,
  pool: string,
  except?: AppPlace,
): Promise<PoolUse> {
  if ((await findPool(context, pool)) === undefined) return 'none';
  const apps = await listEntries(context, listApps());
  const others = apps.filter(
    (app) =>
      same(app.get('APPPOOL.NAME'), pool) &&
      !(except && same(app.get('SITE.NAME'), except.siteName) && same(app.get('path'), except.vdirPath)),
  );
  return others.length === 0 ? 'free' : 'used';
}

/**
 * Do applications use the pool that deploy has no record of? A pool that deploy created for another app has its settings already, and
 * may get new ones.
 */
export async function isPoolOfOthers(context: DeployContext, pool: string, place: AppPlace): Promise<boolean> {
  if ((await poolUse(context, pool, place)) !== 'used') return false;
  const records = (await context.records?.all()) ?? [];
  return !records.some((one) => one.target === context.target.name && one.poolCreated && same(one.pool, pool));
}

/** A pool that deploy created stays while others use it; it is removed with the last of them that deploy knows. */
export async function keepPoolForOthers({ records }: DeployContext, record: DeploymentRecord): Promise<void> {
  const otherUser = (await otherRecords(records, record)).find((one) => same(one.pool, record.pool));
  if (otherUser !== undefined) await records?.save({ ...otherUser, poolCreated: true });
}

/** The former settings of a pool, which another app that deploy knows still needs as they are: they are kept in its record. */
export async function keepPoolBeforeForOthers({ records }: DeployContext, record: DeploymentRecord): Promise<boolean> {
  const otherUser = (await otherRecords(records, record)).find((one) => same(one.pool, record.pool));
  if (otherUser === undefined) return false;
  const { poolBefore } = record;
  await records?.save({ ...otherUser, poolBefore: { ...otherUser.poolBefore, ...poolBefore } });
  return true;
}
