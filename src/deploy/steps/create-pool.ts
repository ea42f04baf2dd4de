import { type AppcmdProperties, addPool, deletePool, listPools, poolProperties, setPool } from '../../appcmd/index.js';
import type { DeployContext, DeployPlan, DeployStep } from '../types.js';
import { formatAll, listEntries, restoreProperties, runAll, runOne, same } from './run-appcmd.js';

/**
 * Set only where a pool has another number: several worker processes (a web garden) take requests by turns, and none knows
 * the sessions of the others. Their default is 1.
 */
const oneWorker = { 'processModel.maxProcesses': '1' } as const satisfies AppcmdProperties;

/** What deploy looks at, and gives back when it is undone. */
const names = Object.keys({ ...poolProperties, ...oneWorker });

/** In force where neither the pool nor applicationPoolDefaults says otherwise, on IIS 8 and later. */
const defaults: AppcmdProperties = {
  managedRuntimeVersion: 'v4.0',
  startMode: 'OnDemand',
  'processModel.idleTimeout': '00:20:00',
  'recycling.periodicRestart.time': '1.05:00:00',
  ...oneWorker,
};

interface Seen {
  readonly exists: boolean;
  /** As written in the pool itself, by property; undefined: not set there. */
  readonly own: Readonly<Record<string, string | undefined>>;
  /** In force, inherited or not. */
  readonly runtime: string | undefined;
}

async function look(context: DeployContext, plan: DeployPlan): Promise<Seen> {
  const pools = await listEntries(context, listPools());
  const pool = pools.find((one) => same(one.name, plan.poolName));
  const own = Object.fromEntries(names.map((name) => [name, pool?.configured(name)]));
  return { exists: pool !== undefined, own, runtime: pool?.get('RuntimeVersion') };
}

/** The properties that are not as wanted. */
function missing(seen: Seen): Record<string, string> {
  const entries = Object.entries(poolProperties).filter(([name, value]) => {
    if (name === 'managedRuntimeVersion' && seen.exists && seen.runtime === '') return false;
    return !same(seen.own[name], value);
  });
  const others = Object.entries(oneWorker).filter(([name, value]) => (seen.own[name] ?? value) !== value);
  return Object.fromEntries([...entries, ...others]);
}

function commands(plan: DeployPlan, seen: Seen): string[][] {
  const properties = missing(seen);
  return [
    ...(seen.exists ? [] : [addPool(plan.poolName)]),
    // All in one command: one commit, one recycle of the pool.
    ...(Object.keys(properties).length === 0 ? [] : [setPool(plan.poolName, properties)]),
  ];
}

export const createPool: DeployStep<Seen> = {
  id: 'create-pool',
  title: 'Set up the application pool',
  look,
  say: (context, plan, seen) => formatAll(context, commands(plan, seen)),
  do: (context, plan, seen) => runAll(context, commands(plan, seen)),
  async undo(context, plan, seen) {
    const now = await look(context, plan);
    if (!now.exists) return;
    if (!seen.exists) {
      await runOne(context, deletePool(plan.poolName));
      return;
    }
    const changed = names.filter((name) => now.own[name] !== seen.own[name]);
    if (changed.length === 0) return;
    const former = Object.fromEntries(changed.map((name) => [name, seen.own[name]]));
    const inForce = { ...defaults, managedRuntimeVersion: seen.runtime ?? 'v4.0' };
    await restoreProperties(context, ['set', 'apppool', `/apppool.name:${plan.poolName}`], former, inForce);
  },
};
