import { appName, setApp } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { preloadPart } from '../script/application-part.js';
import type { DeployStep } from '../step.js';
import { findApp, formatAll, restoreProperties, runAll, same } from './run-appcmd.js';

interface SeenPreload {
  /** The written value; undefined: not set, or the application does not exist yet. */
  readonly preloadEnabled: string | undefined;
}

const preloadCommands = (plan: DeployPlan, seen: SeenPreload): string[][] =>
  same(seen.preloadEnabled, 'true') ? [] : [setApp(plan.siteName, plan.vdirPath, { preloadEnabled: true })];

/**
 * After each start IIS sends the application a request for `/`, so iisnode starts node before the first visitor comes. It
 * has no effect where the Application Initialization feature is missing (IIS 8.0 Application Initialization).
 */
export const enablePreload: DeployStep<SeenPreload> = {
  id: 'enable-preload',
  title: 'Start node with the pool',
  look: async (context, plan) => ({ preloadEnabled: (await findApp(context, plan))?.preloadEnabled }),
  say: (context, plan, seen) => formatAll(context, preloadCommands(plan, seen)),
  do: (context, plan, seen) => runAll(context, preloadCommands(plan, seen)),
  async undo(context, plan, seen) {
    const now = await findApp(context, plan);
    if (now === undefined || now.preloadEnabled === seen.preloadEnabled) return;
    const set = ['set', 'app', appName(plan.siteName, plan.vdirPath)];
    await restoreProperties(context, set, { preloadEnabled: seen.preloadEnabled }, { preloadEnabled: false });
  },
  script: preloadPart,
  remove: {
    keeps: 'it is a setting of the application, and is removed with it: create-application restores former ones',
  },
};
