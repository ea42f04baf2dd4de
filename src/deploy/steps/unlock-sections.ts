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

/** Where to ask for a section's lock; in this order, until appcmd answers. */
async function pathsToAsk(context: DeployContext, plan: DeployPlan): Promise<readonly string[]> {
  // A path that is no application yet may be refused on some versions: the site's own state tells the same then.
  const own = [appName(plan.siteName, plan.vdirPath).replace(/\/$/, ''), plan.siteName];
  if (plan.newSite === undefined || (await findSite(context, plan)) !== undefined) return own;
  // A dry run: the site to come inherits what another one does.
  const [other] = await listEntries(context, listSites());
  return other === undefined ? own : [other.name];
}

/** Locked at a path: appcmd says so in the `locked` attribute, or refuses to read past a lock (exit 33). */
async function isSectionLocked(context: DeployContext, paths: readonly string[], section: string): Promise<boolean> {
  for (const [index, path] of paths.entries()) {
    const args = listConfig(section, path);
    const result = await context.appcmd.run(args);
    if (result.exitCode === appcmdExit.locked) return true;
    if (result.exitCode === appcmdExit.done) {
      const [config] = parseAppcmdXml(result.stdout);
      return config?.get('locked')?.toLowerCase() === 'true';
    }
    // What is not declared is not installed: no unlocking helps, and the live app will say 500.19.
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
