import { type DeployPlan, sourceOf } from '../plan.js';
import { samePath } from '../same-path.js';
import type { DeployContext, DeployStep } from '../step.js';

const formerFolderOf = ({ earlier }: DeployContext, plan: DeployPlan): string | undefined =>
  earlier === undefined || samePath(earlier.directory, sourceOf(plan)) ? undefined : earlier.directory;

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
  remember: async (_context, plan, earlier) => {
    const all = earlier === undefined ? [] : [...(earlier.displaced ?? []), earlier.directory];
    const displaced = [...new Set(all)].filter((one) => !samePath(one, sourceOf(plan)));
    return displaced.length === 0 ? {} : { displaced };
  },
  remove: { keeps: 'it only reports' },
};
