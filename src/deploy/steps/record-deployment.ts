import { isDeepStrictEqual } from 'node:util';
import { listPools } from '../../appcmd/index.js';
import type { DeployContext, DeploymentRecord, DeployPlan, DeployStep } from '../types.js';
import { bindingChange, bindingsOf } from './bind-port.js';
import { findApp, listEntries, type SeenApp, same, samePath } from './run-appcmd.js';

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
  const former = record?.former ?? formerApp(plan, record, await findApp(context, plan));
  const displaced = displacedBy(plan, record);
  const formerBinding = await formerBindingOf(context, plan, record);
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
    ...(displaced.length === 0 ? {} : { displaced }),
    ...(formerBinding === undefined ? {} : { formerBinding }),
  };
  return { record, wanted };
}

/**
 * What undeploy gives back: a site's root is never removed, and an application that deploy did not make is not ours to
 * remove. What deploy itself had put there is nobody's any more.
 */
function formerApp(
  plan: DeployPlan,
  record: DeploymentRecord | undefined,
  app: SeenApp | undefined,
): DeploymentRecord['former'] {
  if (record !== undefined && plan.vdirPath !== '/') return undefined;
  if (app?.physicalPath === undefined || samePath(app.physicalPath, plan.directory)) return undefined;
  return { physicalPath: app.physicalPath, pool: app.pool, preloadEnabled: same(app.preloadEnabled, 'true') };
}

function displacedBy(plan: DeployPlan, record: DeploymentRecord | undefined): readonly string[] {
  if (record === undefined) return [];
  const all = [...(record.displaced ?? []), record.directory];
  return [...new Set(all)].filter((directory) => !samePath(directory, plan.directory));
}

/** The oldest one known of the site, whichever deployment changed it first. */
async function formerBindingOf(
  context: DeployContext,
  plan: DeployPlan,
  record: DeploymentRecord | undefined,
): Promise<DeploymentRecord['formerBinding']> {
  if (plan.port === undefined) return record?.formerBinding;
  const change = bindingChange(plan, await bindingsOf(context, plan));
  const others = (await context.records?.all()) ?? [];
  const known =
    record?.formerBinding ??
    others.find((one) => one.target === context.target && same(one.site, plan.siteName) && one.formerBinding)
      ?.formerBinding;
  return known === undefined ? change : { ...known, to: change?.to ?? known.to };
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
