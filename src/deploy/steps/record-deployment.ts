import { isDeepStrictEqual } from 'node:util';
import { listPools } from '../../appcmd/index.js';
import type { DeployContext, DeploymentRecord, DeployPlan, DeployStep } from '../types.js';
import { findApp, listEntries, type SeenApp, same, samePath } from './acting.js';

interface Seen {
  /** From an earlier deployment. */
  readonly record: DeploymentRecord | undefined;
  /** What is to be remembered of this one. */
  readonly wanted: DeploymentRecord;
}

async function look(context: DeployContext, plan: DeployPlan): Promise<Seen> {
  const record = await context.records?.find(context.target, plan.siteName, plan.vdirPath);
  const pools = await listEntries(context, listPools());
  const poolExists = pools.some((pool) => same(pool.name, plan.poolName));
  const hostRuns = context.host === undefined || (await context.host.running());
  const former = record?.former ?? formerRoot(plan, await findApp(context, plan));
  const wanted: DeploymentRecord = {
    target: context.target,
    site: plan.siteName,
    path: plan.vdirPath,
    pool: plan.poolName,
    // A second deployment does not forget what the first one made.
    poolCreated: !poolExists || (record?.poolCreated === true && same(record.pool, plan.poolName)),
    directory: plan.directory,
    hostStarted: !hostRuns || record?.hostStarted === true,
    ...(former === undefined ? {} : { former }),
  };
  return { record, wanted };
}

/** A site's root application is not removed again but given back what it had. */
function formerRoot(plan: DeployPlan, app: SeenApp | undefined): DeploymentRecord['former'] {
  if (plan.vdirPath !== '/' || app?.physicalPath === undefined || samePath(app.physicalPath, plan.directory)) {
    return undefined;
  }
  return { physicalPath: app.physicalPath, pool: app.pool, preloadEnabled: same(app.preloadEnabled, 'true') };
}

/**
 * Remembers what is about to be made, so that undeploy takes back exactly that. It comes first, because only then can be
 * seen what was there before; no command line stands for it.
 */
export const recordDeployment: DeployStep<Seen> = {
  id: 'record-deployment',
  title: 'Remember what is made',
  look,
  say: () => [],
  needed: ({ records }, _plan, { record, wanted }) => records !== undefined && !isDeepStrictEqual(record, wanted),
  do: async ({ records }, _plan, { wanted }) => records?.save(wanted),
  async undo({ records, target }, plan, { record }) {
    if (record === undefined) await records?.remove(target, plan.siteName, plan.vdirPath);
    else await records?.save(record);
  },
};
