import { appcmdExit, lockConfig, parseAppcmdXml, unlockConfig } from '../../appcmd/index.js';
import type { DeployPlan } from '../plan.js';
import { lockPart } from '../script/lock-part.js';
import type { DeployContext, DeployStep } from '../step.js';
import { formatAll, runAll, runOne } from './run-appcmd.js';
import { sectionWhereAppIs } from './section-state.js';

interface SeenLocks {
  /** Sections of the plan that are locked where the app is. */
  readonly locked: readonly string[];
}

/** Locked where the app is: appcmd reports it in the `locked` attribute, or refuses to read past a lock (exit 33). */
async function isSectionLocked(context: DeployContext, plan: DeployPlan, section: string): Promise<boolean> {
  const result = await sectionWhereAppIs(context, plan, section);
  if (result === undefined) return false; // an undeclared section: the check before has let it through, unlocking does not help
  if (result.exitCode === appcmdExit.locked) return true;
  const [config] = parseAppcmdXml(result.stdout);
  return config?.get('locked')?.toLowerCase() === 'true';
}

const unlockCommands = (seen: SeenLocks): string[][] => seen.locked.map(unlockConfig);

const lookAtLocks = async (context: DeployContext, plan: DeployPlan): Promise<SeenLocks> => {
  const locked: string[] = [];
  for (const section of plan.sections) if (await isSectionLocked(context, plan, section)) locked.push(section);
  return { locked };
};

/** Exactly the sections that the app's web.config sets and that are, or may be, locked; without it IIS answers 500.19, 0x80070021. */
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
  usedBy: () => ['create-application', 'switch-release'],
  script: lockPart,
  remove: { keeps: 'the web.config files of other applications may set these sections' },
};
