import { type AppcmdProperties, addPool, deletePool, poolProperties, setPool } from '../../appcmd/index.js';
import type { DeploymentRecord, DeployPlan } from '../plan.js';
import { isPoolOfOthers, keepPoolBeforeForOthers, keepPoolForOthers, poolUse } from '../pool-use.js';
import { oneWorker, poolPart } from '../script/pool-part.js';
import type { DeployContext, DeployStep, Removal } from '../step.js';
import { findPool, formatAll, restoreProperties, runAll, runOne, same } from './run-appcmd.js';

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
  /** It lacks settings, and applications use it that deploy has no record of. */
  readonly isOfOthers: boolean;
}

async function lookAtPool(context: DeployContext, plan: DeployPlan): Promise<SeenPool> {
  const seen = await settingsOf(context, plan.poolName);
  const isWrong = seen.exists && Object.keys(missingProperties(seen)).length > 0;
  return { ...seen, isOfOthers: isWrong && (await isPoolOfOthers(context, plan.poolName, plan)) };
}

async function settingsOf(context: DeployContext, name: string): Promise<Omit<SeenPool, 'isOfOthers'>> {
  const pool = await findPool(context, name);
  const own = Object.fromEntries(propertyNames.map((property) => [property, pool?.configured(property)]));
  return { exists: pool !== undefined, own, runtime: pool?.get('RuntimeVersion') };
}

/** Others rely on its settings. */
const isLeftAlone = (plan: DeployPlan, seen: SeenPool): boolean => seen.isOfOthers && plan.changeSharedPool !== true;

/** The properties that must be changed. */
function missingProperties(seen: Omit<SeenPool, 'isOfOthers'>): Record<string, string> {
  const entries = Object.entries(poolProperties).filter(([name, value]) => {
    if (name === 'managedRuntimeVersion' && seen.exists && seen.runtime === '') return false;
    return !same(seen.own[name], value);
  });
  const others = Object.entries(oneWorker).filter(([name, value]) => (seen.own[name] ?? value) !== value);
  return Object.fromEntries([...entries, ...others]);
}

function poolCommands(plan: DeployPlan, seen: SeenPool): string[][] {
  const properties = isLeftAlone(plan, seen) ? {} : missingProperties(seen);
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
  note: (_context, plan, seen) => {
    const without = isLeftAlone(plan, seen) ? Object.keys(missingProperties(seen)) : [];
    if (without.length === 0) return undefined;
    return `other applications use "${plan.poolName}": its settings stay (deploy would set ${without.join(', ')}; --force does)`;
  },
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
  usedBy: ({ exists }) => (exists ? [] : ['create-site', 'create-application']),
  script: poolPart,
  remember: rememberPool,
  remove: removePool,
};

/** A second deployment keeps the record of what the first one created and changed. */
async function rememberPool(
  context: DeployContext,
  plan: DeployPlan,
  earlier: DeploymentRecord | undefined,
): Promise<Pick<DeploymentRecord, 'poolCreated' | 'poolBefore'>> {
  const seen = await lookAtPool(context, plan);
  const known = same(earlier?.pool, plan.poolName) ? earlier : undefined;
  const poolCreated = !seen.exists || known?.poolCreated === true;
  if (poolCreated) return { poolCreated };
  const changed = isLeftAlone(plan, seen) ? [] : Object.keys(missingProperties(seen));
  const poolBefore = {
    ...Object.fromEntries(changed.map((name) => [name, seen.own[name] ?? null])),
    ...known?.poolBefore,
  };
  return { poolCreated, ...(Object.keys(poolBefore).length > 0 && { poolBefore }) };
}

/** Unless others use it. A pool that existed before gets its former settings again. */
async function removePool(context: DeployContext, removal: Removal): Promise<void> {
  const { record } = removal;
  if (record?.poolBefore !== undefined) await restorePool(context, removal, record);
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

/** A setting that has been changed since is not restored. */
async function restorePool(context: DeployContext, removal: Removal, record: DeploymentRecord): Promise<void> {
  const { pool, poolBefore = {} } = record;
  const now = await settingsOf(context, pool);
  if (!now.exists || (await keepPoolBeforeForOthers(context, record))) return;
  const set: AppcmdProperties = { ...poolProperties, ...oneWorker };
  const unchanged = Object.entries(poolBefore).filter(([name]) => same(now.own[name], String(set[name])));
  if (unchanged.length === 0) return;
  const former = Object.fromEntries(unchanged.map(([name, value]) => [name, value ?? undefined]));
  const ran = await restoreProperties(context, ['set', 'apppool', `/apppool.name:${pool}`], former, defaultProperties);
  for (const args of ran) removal.did(context.appcmd.format(args));
  removal.say(`the application pool "${pool}" has its former settings again`);
}
