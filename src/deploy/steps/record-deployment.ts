import { isDeepStrictEqual } from 'node:util';
import { type DeploymentRecord, type DeployPlan, sourceOf } from '../plan.js';
import type { DeployContext, DeployStep } from '../step.js';

interface SeenRecord {
  /** From an earlier deployment. */
  readonly record: DeploymentRecord | undefined;
  /** The record of this deployment. */
  readonly wanted: DeploymentRecord;
}

async function lookAtRecord(
  context: DeployContext,
  plan: DeployPlan,
  others: readonly DeployStep[],
): Promise<SeenRecord> {
  const { name: target } = context.target;
  const record = await context.records?.find(target, plan.siteName, plan.vdirPath);
  let wanted: DeploymentRecord = {
    target,
    site: plan.siteName,
    path: plan.vdirPath,
    pool: plan.poolName,
    poolCreated: false,
    directory: sourceOf(plan),
    hostStarted: false,
  };
  // Computed here: a build may have changed the app after the look.
  const checked = (await context.checked?.()) ?? record?.checked;
  if (checked !== undefined) wanted = { ...wanted, checked };
  for (const step of others) wanted = { ...wanted, ...(await step.remember?.(context, plan, record)) };
  return { record, wanted };
}

/**
 * Records what the other steps will create, so that undeploy removes exactly that. It runs before them, because only then the
 * former state can be read; it has no command line.
 */
export const recordDeployment = (others: readonly DeployStep[]): DeployStep<SeenRecord> => ({
  id: 'record-deployment',
  title: 'Record the deployment',
  look: (context, plan) => lookAtRecord(context, plan, others),
  say: () => [],
  needed: ({ records }, _plan, { record, wanted }) => records !== undefined && !isDeepStrictEqual(record, wanted),
  do: async ({ records }, _plan, { wanted }) => records?.save(wanted),
  async undo({ records, target }, plan, { record }) {
    if (record === undefined) await records?.remove(target.name, plan.siteName, plan.vdirPath);
    else await records?.save(record);
  },
  // Undeploy removes what stays. A second deployment leaves the record of the first.
  usedBy: ({ record }) => (record === undefined ? ['create-site', 'create-application'] : []),
  async remove({ records }, { record }) {
    if (record !== undefined) await records?.remove(record.target, record.site, record.path);
  },
});
