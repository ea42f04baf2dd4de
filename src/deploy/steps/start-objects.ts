import { type AppcmdXmlEntry, appcmdExit, startPool, startSite, stopPool, stopSite } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import type { PartOfScript } from '../script/script-part.js';
import { startPoolPart, startSitePart } from '../script/start-part.js';
import type { DeployContext, DeployStep } from '../step.js';
import { findPool, findSite, formatAll, runOne } from './run-appcmd.js';

interface SeenState {
  /** Started, Stopped, Unknown (no worker process), ...; undefined: it does not exist yet, and starts when it is created. */
  readonly state: string | undefined;
}

interface Startable {
  readonly id: string;
  readonly title: string;
  readonly script: PartOfScript;
  /** Why undeploy does not stop it. */
  readonly keeps: string;
  state(context: DeployContext, plan: DeployPlan): Promise<string | undefined>;
  start(plan: DeployPlan): string[];
  stop(plan: DeployPlan): string[];
}

type Asking = Pick<DeployContext, 'appcmd'>;

/**
 * The state in the list of all, or where that has none, because it comes from the configuration, of the one object: the answer is one
 * word of ASCII then, whatever letters the name has.
 */
async function stateOf(
  { appcmd }: Asking,
  found: AppcmdXmlEntry | undefined,
  object: readonly string[],
): Promise<string | undefined> {
  const listed = found?.get('state');
  if (found === undefined || (listed !== undefined && listed !== 'Unknown')) return listed;
  const { exitCode, stdout } = await appcmd.run(['list', ...object, '/text:state']);
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : listed;
}

const poolState = async (context: Asking, { poolName }: DeployPlan): Promise<string | undefined> =>
  stateOf(context, await findPool(context, poolName), ['apppool', `/apppool.name:${poolName}`]);

/** undefined: it does not exist. */
export const siteState = async (context: Asking, plan: DeployPlan): Promise<string | undefined> =>
  stateOf(context, await findSite(context, plan), ['site', `/site.name:${plan.siteName}`]);

/** Only a stopped object must be started: new pools and sites start automatically. */
const startStep = (object: Startable): DeployStep<SeenState> => {
  const startCommands = (plan: DeployPlan, { state }: SeenState): string[][] =>
    state?.toLowerCase() === 'stopped' ? [object.start(plan)] : [];
  return {
    id: object.id,
    title: object.title,
    look: async (context, plan) => ({ state: await object.state(context, plan) }),
    say: (context, plan, seen) => formatAll(context, startCommands(plan, seen)),
    async do(context, plan, seen) {
      for (const args of startCommands(plan, seen)) await runOne(context, args, [appcmdExit.alreadyRunning]);
    },
    async undo(context, plan, seen) {
      if (startCommands(plan, seen).length === 0) return;
      await runOne(context, object.stop(plan), [appcmdExit.notRunning]);
    },
    script: object.script,
    remove: { keeps: object.keeps },
  };
};

export const startPoolStep = startStep({
  id: 'start-pool',
  title: 'Start the application pool',
  script: startPoolPart,
  keeps: 'a pool created by deploy is removed by create-pool; another one may have other applications',
  state: poolState,
  start: (plan) => startPool(plan.poolName),
  stop: (plan) => stopPool(plan.poolName),
});

export const startSiteStep = startStep({
  id: 'start-site',
  title: 'Start the site',
  script: startSitePart,
  keeps: 'the site may have other applications',
  state: siteState,
  start: (plan) => startSite(plan.siteName),
  stop: (plan) => stopSite(plan.siteName),
});
