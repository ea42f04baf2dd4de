import { appcmdExit, listPools, startPool, startSite, stopPool, stopSite } from '../../appcmd/index.js';
import type { DeployContext, DeployPlan, DeployStep } from '../types.js';
import { findSite, formatAll, listEntries, runOne, same } from './run-appcmd.js';

interface Seen {
  /** Started, Stopped, Unknown (no worker to ask), ...; undefined: not there yet, it starts when it is made. */
  readonly state: string | undefined;
}

interface Startable {
  readonly id: string;
  readonly title: string;
  state(context: DeployContext, plan: DeployPlan): Promise<string | undefined>;
  start(plan: DeployPlan): string[];
  stop(plan: DeployPlan): string[];
}

/** Only what somebody stopped has to be started: new pools and sites start by themselves. */
const startStep = (object: Startable): DeployStep<Seen> => {
  const commands = (plan: DeployPlan, { state }: Seen): string[][] =>
    state?.toLowerCase() === 'stopped' ? [object.start(plan)] : [];
  return {
    id: object.id,
    title: object.title,
    look: async (context, plan) => ({ state: await object.state(context, plan) }),
    say: (context, plan, seen) => formatAll(context, commands(plan, seen)),
    async do(context, plan, seen) {
      for (const args of commands(plan, seen)) await runOne(context, args, [appcmdExit.alreadyRunning]);
    },
    async undo(context, plan, seen) {
      if (commands(plan, seen).length === 0) return;
      await runOne(context, object.stop(plan), [appcmdExit.notRunning]);
    },
  };
};

export const startPoolStep = startStep({
  id: 'start-pool',
  title: 'Start the application pool',
  async state(context, plan) {
    const pools = await listEntries(context, listPools());
    return pools.find((pool) => same(pool.name, plan.poolName))?.get('state');
  },
  start: (plan) => startPool(plan.poolName),
  stop: (plan) => stopPool(plan.poolName),
});

export const startSiteStep = startStep({
  id: 'start-site',
  title: 'Start the site',
  state: async (context, plan) => (await findSite(context, plan))?.get('state'),
  start: (plan) => startSite(plan.siteName),
  stop: (plan) => stopSite(plan.siteName),
});
