import { appcmdExit, recyclePool, setVdirPath } from '../../appcmd/index.js';
import type { Argument } from '../../quoting.js';
import { formerFilesLost } from '../former-files.js';
import type { DeployPlan } from '../plan.js';
import { samePath } from '../same-path.js';
import type { DeployContext, DeployStep } from '../step.js';
import { isSwitch } from './copy-release.js';
import { findApp, formatAll, runOne } from './run-appcmd.js';

interface SeenSwitch {
  /** undefined: the application does not exist yet, and is created with its folder; or nothing is to be switched. */
  readonly physicalPath: string | undefined;
  /** An earlier deployment was ended between the switch and the recycle: the old processes still run. */
  readonly isUnfinished: boolean;
}

const isElsewhere = ({ directory }: DeployPlan, { physicalPath }: SeenSwitch): boolean =>
  physicalPath !== undefined && !samePath(physicalPath, directory);

const pathCommand = ({ target }: DeployContext, plan: DeployPlan): Argument[] =>
  setVdirPath(plan.siteName, plan.vdirPath, '/', target.serverPath(plan, plan.directory));

function commandsFor(context: DeployContext, plan: DeployPlan, seen: SeenSwitch): Argument[][] {
  const elsewhere = isElsewhere(plan, seen);
  return [
    ...(elsewhere ? [pathCommand(context, plan)] : []),
    ...(elsewhere || seen.isUnfinished ? [recyclePool(plan.poolName)] : []),
  ];
}

/** A pool that is stopped has no processes. */
const recycle = (context: DeployContext, { poolName }: DeployPlan) =>
  runOne(context, recyclePool(poolName), [appcmdExit.notRunning]);

/**
 * Makes the release live: one call changes the physical path of the virtual directory, and the pool is recycled. Without that the
 * node processes of the former folder would run on beside the new ones until the worker process ends, because iisnode retires an
 * application only when a request comes for its script path (iisnode 0.2.27, cnodeapplicationmanager.cpp).
 */
export const switchRelease: DeployStep<SeenSwitch> = {
  id: 'switch-release',
  title: (_context, { release }) =>
    `Switch to ${release === undefined ? "the app's own folder" : `release ${release.id}`}`,
  mentioned: (context, plan) => isSwitch(context, plan),
  look: async (context, plan) => {
    if (!isSwitch(context, plan)) return { physicalPath: undefined, isUnfinished: false };
    const app = await findApp(context, plan);
    return { physicalPath: app?.physicalPath, isUnfinished: context.releases?.folder.unfinished() !== undefined };
  },
  say: (context, plan, seen) => formatAll(context, commandsFor(context, plan, seen)),
  async do(context, plan, seen) {
    const { folder } = context.releases ?? {};
    if (commandsFor(context, plan, seen).length === 0) return;
    if (isElsewhere(plan, seen)) {
      await folder?.setUnfinished('switch');
      context.signal.throwIfAborted();
      await runOne(context, pathCommand(context, plan));
      await folder?.setUnfinished('recycle');
      await folder?.notifyClients(seen.physicalPath);
    }
    await recycle(context, plan);
    await folder?.setUnfinished(undefined);
  },
  async undo(context, plan, seen) {
    const { folder } = context.releases ?? {};
    const now = (await findApp(context, plan))?.physicalPath;
    if (seen.physicalPath !== undefined && now !== undefined && now !== seen.physicalPath) {
      await runOne(context, setVdirPath(plan.siteName, plan.vdirPath, '/', seen.physicalPath));
      await folder?.setUnfinished('recycle');
      await folder?.notifyClients(now);
      await recycle(context, plan);
    } else if (folder?.unfinished() === 'recycle') await recycle(context, plan);
    await folder?.setUnfinished(seen.isUnfinished ? 'recycle' : undefined);
  },
  // The undo recycles the pool: node loads what is in the app's own folder now.
  lost: formerFilesLost,
  remove: { keeps: 'create-application removes the application, or restores its former folder' },
};
