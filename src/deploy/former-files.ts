import path from 'node:path';
import { isBelow } from '../files/index.js';
import { fingerprintOf } from './fingerprint.js';
import type { LoadingApp } from './loaded-files.js';
import { type DeployPlan, sourceOf } from './plan.js';
import { samePath } from './same-path.js';
import type { DeployContext, Lost } from './step.js';
import { findApp } from './steps/run-appcmd.js';

/**
 * After the rollback of a deployment: IIS serves the app's own folder, as before, but with files that have changed since it was deployed,
 * and node has loaded them. undefined: all is as before.
 */
export async function formerFilesLost(context: DeployContext, plan: DeployPlan): Promise<Lost | undefined> {
  const { earlier } = context;
  const folder = sourceOf(plan);
  if (earlier === undefined || earlier.running === fingerprintOf(inPlace(plan))) return undefined;
  if (!samePath((await findApp(context, plan))?.physicalPath, folder)) return undefined;
  return {
    what: `IIS serves ${folder} itself: its changed files are live, and there is no copy of the former ones`,
    next: 'or put the former files back and deploy again; with --releases there is a copy to go back to',
  };
}

/** The same app in its own folder, with the folder of its logs there. */
function inPlace(plan: DeployPlan): LoadingApp {
  const { entry, logDirectory: logs, directory } = plan;
  const own = sourceOf(plan);
  const isInRelease = logs !== undefined && isBelow(directory, logs);
  const logDirectory = isInRelease ? path.join(own, path.relative(directory, logs)) : logs;
  return { directory: own, entry, ...(logDirectory !== undefined && { logDirectory }) };
}
