import {
  appcmdExit,
  appcmdFailure,
  appName,
  listConfig,
  listSites,
  lockConfig,
  parseAppcmdXml,
  unlockConfig,
} from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext, DeployStep } from '../step.js';
import { findSite, formatAll, listEntries, runAll, runOne } from './run-appcmd.js';

interface SeenLocks {
  /** Sections of the plan that are locked where the app is. */
  readonly locked: readonly string[];
}

/** The paths at which to query a section's lock, in this order, until appcmd answers. */
async function pathsToAsk(context: DeployContext, plan: DeployPlan): Promise<readonly string[]> {
  // Some versions may refuse a path that is not an application yet: the state of the site is then the same.
  const own = [appName(plan.siteName, plan.vdirPath).replace(/\/$/, ''), plan.siteName];
  if (plan.newSite === undefined || (await findSite(context, plan)) !== undefined) return own;
  // A dry run: the new site will inherit the same as another one.
  const [other] = await listEntries(context, listSites());
  return other === undefined ? own : [other.name];
}

/** Locked at a path: appcmd reports it in the `locked` attribute, or refuses to read past a lock (exit 33). */
async function isSectionLocked(context: DeployContext, paths: readonly string[], section: string): Promise<boolean> {
  for (const [index, path] of paths.entries()) {
    const args = listConfig(section, path);
    const result = await context.appcmd.run(args);
    if (result.exitCode === appcmdExit.locked) return true;
    if (result.exitCode === appcmdExit.done) {
      const [config] = parseAppcmdXml(result.stdout);
      return config?.get('locked')?.toLowerCase() === 'true';
    }
    // An undeclared section is not installed: unlocking does not help, and the live app answers 500.19.
    if (index === paths.length - 1 && result.exitCode === appcmdExit.accessDenied) {
      throw appcmdFailure(context.appcmd.format(args), result);
    }
  }
  return false;
}

const unlockCommands = (seen: SeenLocks): string[][] => seen.locked.map(unlockConfig);

const lookAtLocks = async (context: DeployContext, plan: DeployPlan): Promise<SeenLocks> => {
  const locked: string[] = [];
  const paths = await pathsToAsk(context, plan);
  for (const section of plan.sections) if (await isSectionLocked(context, paths, section)) locked.push(section);
  return { locked };
};

/** Exactly the sections that the app's web.config sets and that are locked; without it IIS answers 500.19, 0x80070021. */
export const unlockSections: DeployStep<SeenLocks> = {
  id: 'unlock-sections',
  title: 'Unlock the sections web.config uses',
  look: lookAtLocks,
  say: (context, _plan, seen) => formatAll(context, unlockCommands(seen)),
  do: (context, _plan, seen) => runAll(context, unlockCommands(seen)),
  async undo(context, plan, seen) {
    const now = await lookAtLocks(context, plan);
    for (const section of [...seen.locked].reverse()) {
      if (!now.locked.includes(section)) await runOne(context, lockConfig(section));
    }
  },
  remove: { keeps: 'the web.config files of other applications may set these sections' },
};
