import type { DeployPlan } from '../plan.js';
import { samePath } from '../same-path.js';
import type { DeployContext, DeployStep } from '../step.js';

const formerFolderOf = ({ earlier }: DeployContext, { directory }: DeployPlan): string | undefined =>
  earlier === undefined || samePath(earlier.directory, directory) ? undefined : earlier.directory;

/** Another folder was deployed there: report that it is replaced. */
export const takeOver: DeployStep<undefined> = {
  id: 'take-over',
  title: (_context, { vdirPath, siteName }) => `Take over ${vdirPath} of "${siteName}"`,
  look: async () => undefined,
  say: () => [],
  mentioned: (context, plan) => formerFolderOf(context, plan) !== undefined,
  note: (context, plan) => `it was ${formerFolderOf(context, plan)} until now`,
  do: async () => undefined,
  undo: 'changes-nothing',
  remember: async (_context, { directory }, earlier) => {
    const all = earlier === undefined ? [] : [...(earlier.displaced ?? []), earlier.directory];
    const displaced = [...new Set(all)].filter((one) => !samePath(one, directory));
    return displaced.length === 0 ? {} : { displaced };
  },
  remove: { keeps: 'it only reports' },
};
