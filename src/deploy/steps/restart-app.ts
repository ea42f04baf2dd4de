import { appcmdExit, recyclePool } from '../../appcmd/index.js';
import { fingerprintOf } from '../fingerprint.js';
import { formerFilesLost } from '../former-files.js';
import type { DeploymentRecord, DeployPlan } from '../plan.js';
import { restartPart } from '../script/restart-part.js';
import type { DeployContext, DeployStep } from '../step.js';
import { formatAll, runOne } from './run-appcmd.js';

interface SeenApp {
  /** What the earlier deployment started; undefined: there was none, or it is unknown. */
  readonly running: string | undefined;
  readonly wanted: string | undefined;
  /** The switch from a release has recycled the pool. */
  readonly isRecycled: boolean;
}

/** A release has a folder of its own, and its switch recycles the pool; where the app is elsewhere, nothing is known. */
const isInPlace = ({ target, records }: DeployContext, { release }: DeployPlan): boolean =>
  records !== undefined && release === undefined && ['iis', 'embedded', 'iisexpress'].includes(target.kind);

const recordOf = ({ records, target }: DeployContext, plan: DeployPlan): Promise<DeploymentRecord | undefined> =>
  Promise.resolve(records?.find(target.name, plan.siteName, plan.vdirPath));

async function lookAtApp(context: DeployContext, plan: DeployPlan): Promise<SeenApp> {
  const isRecycled = context.switchedFrom !== undefined;
  if (!isInPlace(context, plan)) return { running: undefined, wanted: undefined, isRecycled };
  return { running: (await recordOf(context, plan))?.running, wanted: fingerprintOf(plan), isRecycled };
}

const commandsFor = ({ poolName }: DeployPlan, { running, wanted, isRecycled }: SeenApp): string[][] =>
  running === undefined || running === wanted || isRecycled ? [] : [recyclePool(poolName)];

/** Records what node runs from now on; undefined: unknown. */
async function record(context: DeployContext, plan: DeployPlan, running: string | undefined): Promise<void> {
  const known = await recordOf(context, plan);
  if (known === undefined || known.running === running) return;
  const { running: _former, ...rest } = known;
  await context.records?.save({ ...rest, ...(running !== undefined && { running }) });
}

/**
 * Node keeps what it has loaded: after a change of packages or of sources that iisnode does not watch, the pool is recycled. The record
 * of what runs is written only then, so that a deployment that was killed before is made up for by the next one.
 */
export const restartApp: DeployStep<SeenApp> = {
  id: 'restart-app',
  title: 'Restart node: the app has changed',
  look: lookAtApp,
  say: (context, plan, seen) => formatAll(context, commandsFor(plan, seen)),
  needed: (_context, _plan, { running, wanted }) => running !== wanted,
  mentioned: (_context, plan, seen) => commandsFor(plan, seen).length > 0,
  async do(context, plan, seen) {
    // A pool without processes has nothing to restart.
    for (const args of commandsFor(plan, seen)) await runOne(context, args, [appcmdExit.notRunning]);
    await record(context, plan, seen.wanted);
  },
  undo: (context, plan, { running }) => record(context, plan, running),
  // Node has loaded the changed files, and they are there.
  isUndoShown: false,
  lost: formerFilesLost,
  remember: async (_context, _plan, earlier) => (earlier?.running === undefined ? {} : { running: earlier.running }),
  script: restartPart,
  remove: { keeps: 'it creates nothing: the record is removed with the deployment' },
};
