import { type AppcmdProperties, addPool, deletePool, poolProperties, setPool } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { keepPoolForOthers, poolUse } from '../pool-use.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';
import { findPool, formatAll, restoreProperties, runAll, runOne, same } from './run-appcmd.js';

/**
 * Set only where a pool has another number: several worker processes (a web garden) take requests in turn, and none knows
 * the sessions of the others. The default is 1.
 */
const oneWorker = { 'processModel.maxProcesses': '1' } as const satisfies AppcmdProperties;

/** The properties that deploy reads, and restores when it is undone. */
const propertyNames = Object.keys({ ...poolProperties, ...oneWorker });

/** The defaults of IIS 8 and later, where neither the pool nor applicationPoolDefaults sets them. */
const defaultProperties: AppcmdProperties = {
  managedRuntimeVersion: 'v4.0',
  startMode: 'OnDemand',
  'processModel.idleTimeout': '00:20:00',
  'recycling.periodicRestart.time': '1.05:00:00',
  ...oneWorker,
};

interface SeenPool {
  readonly exists: boolean;
  /** The values set in the pool itself, by property; undefined: not set there. */
  readonly own: Readonly<Record<string, string | undefined>>;
  /** The effective values, inherited or not. */
  readonly runtime: string | undefined;
}

async function lookAtPool(context: DeployContext, plan: DeployPlan): Promise<SeenPool> {
  const pool = await findPool(context, plan.poolName);
  const own = Object.fromEntries(propertyNames.map((name) => [name, pool?.configured(name)]));
  return { exists: pool !== undefined, own, runtime: pool?.get('RuntimeVersion') };
}

/** The properties that must be changed. */
function missingProperties(seen: SeenPool): Record<string, string> {
  const entries = Object.entries(poolProperties).filter(([name, value]) => {
    if (name === 'managedRuntimeVersion' && seen.exists && seen.runtime === '') return false;
    return !same(seen.own[name], value);
  });
  const others = Object.entries(oneWorker).filter(([name, value]) => (seen.own[name] ?? value) !== value);
  return Object.fromEntries([...entries, ...others]);
}

function poolCommands(plan: DeployPlan, seen: SeenPool): string[][] {
  const properties = missingProperties(seen);
  return [
    ...(seen.exists ? [] : [addPool(plan.poolName)]),
    // All in one command: one commit, one recycle of the pool.
    ...(Object.keys(properties).length === 0 ? [] : [setPool(plan.poolName, properties)]),
  ];
}

export const createPool: DeployStep<SeenPool> = {
  id: 'create-pool',
  title: 'Set up the application pool',
  look: lookAtPool,
  say: (context, plan, seen) => formatAll(context, poolCommands(plan, seen)),
  do: (context, plan, seen) => runAll(context, poolCommands(plan, seen)),
  async undo(context, plan, seen) {
    const now = await lookAtPool(context, plan);
    if (!now.exists) return;
    if (!seen.exists) {
      await runOne(context, deletePool(plan.poolName));
      return;
    }
    const changed = propertyNames.filter((name) => now.own[name] !== seen.own[name]);
    if (changed.length === 0) return;
    const former = Object.fromEntries(changed.map((name) => [name, seen.own[name]]));
    const inForce = { ...defaultProperties, managedRuntimeVersion: seen.runtime ?? 'v4.0' };
    await restoreProperties(context, ['set', 'apppool', `/apppool.name:${plan.poolName}`], former, inForce);
  },
  // A second deployment keeps the record of what the first one created.
  remember: async (context, { poolName }, earlier) => ({
    poolCreated:
      (await findPool(context, poolName)) === undefined ||
      (earlier?.poolCreated === true && same(earlier.pool, poolName)),
  }),
  remove: removePool,
};

/** Unless others use it. A pool that existed before stays, with its new settings. */
async function removePool(context: DeployContext, removal: Removal): Promise<void> {
  const { record } = removal;
  if (record?.poolCreated !== true) return;
  const use = await poolUse(context, record.pool);
  if (use === 'free') {
    await removal.appcmd(deletePool(record.pool), [1168]);
    removal.say(`removed the application pool "${record.pool}"`);
  } else if (use === 'used') {
    removal.say(`kept the application pool "${record.pool}": other applications use it`);
    await keepPoolForOthers(context, record);
  }
}
