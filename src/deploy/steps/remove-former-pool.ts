import { deletePool } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { keepPoolForOthers, type PoolUse, poolUse } from '../pool-use.js';
import type { DeployContext, DeployStep } from '../step.js';
import { formatAll, runOne, same } from './run-appcmd.js';

interface SeenFormerPool {
  /** none also where this deployment uses the same pool or the earlier one did not create it. */
  readonly use: PoolUse;
}

const formerPoolOf = ({ earlier }: DeployContext, { poolName }: DeployPlan): string | undefined =>
  earlier?.poolCreated === true && !same(earlier.pool, poolName) ? earlier.pool : undefined;

async function lookAtFormerPool(context: DeployContext, plan: DeployPlan): Promise<SeenFormerPool> {
  const pool = formerPoolOf(context, plan);
  // Checking the live app takes long, and the pool may be in use meanwhile.
  if (pool !== undefined && plan.verify === true) context.appcmd.forget?.();
  return { use: pool === undefined ? 'none' : await poolUse(context, pool, plan) };
}

function formerPoolCommands(context: DeployContext, plan: DeployPlan, { use }: SeenFormerPool): string[][] {
  const pool = formerPoolOf(context, plan);
  return pool === undefined || use !== 'free' ? [] : [deletePool(pool)];
}

/**
 * The pool that an earlier deployment of the same application created, if this one uses another pool and no other application uses
 * it. If others use it, it is recorded for them.
 */
export const removeFormerPool: DeployStep<SeenFormerPool> = {
  id: 'remove-former-pool',
  title: (context, plan) => {
    const pool = formerPoolOf(context, plan);
    return pool === undefined ? 'Remove the former pool' : `Remove the former pool "${pool}"`;
  },
  look: lookAtFormerPool,
  say: (context, plan, seen) => formatAll(context, formerPoolCommands(context, plan, seen)),
  needed: (_context, _plan, { use }) => use !== 'none',
  mentioned: (_context, _plan, { use }) => use === 'free',
  async do(context, plan, seen) {
    for (const args of formerPoolCommands(context, plan, seen)) await runOne(context, args, [1168]);
    if (seen.use === 'used' && context.earlier !== undefined) await keepPoolForOthers(context, context.earlier);
  },
  undo: 'clean-up',
  remove: { keeps: 'it creates nothing' },
};
