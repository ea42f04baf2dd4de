import { type DeployPlan, sourceOf } from '../plan.js';
import { samePath } from '../same-path.js';
import type { DeployContext, DeployStep } from '../step.js';
import { findApp } from './run-appcmd.js';

interface SeenPlace {
  /** The folder that is replaced; undefined: none is, or it is the empty root of a new embedded IIS. */
  readonly former: string | undefined;
}

async function lookAtPlace(context: DeployContext, plan: DeployPlan): Promise<SeenPlace> {
  const { earlier, target } = context;
  const isOfDeploy = earlier !== undefined || (target.kind === 'embedded' && plan.vdirPath === '/');
  const former = isOfDeploy ? earlier?.directory : (await findApp(context, plan))?.physicalPath;
  const isOwn = [sourceOf(plan), plan.directory].some((one) => samePath(former, one));
  return { former: isOwn ? undefined : former };
}

/** Another folder was served there: report that it is replaced. */
export const takeOver: DeployStep<SeenPlace> = {
  id: 'take-over',
  title: (_context, { vdirPath, siteName }) => `Take over ${vdirPath} of "${siteName}"`,
  look: lookAtPlace,
  say: () => [],
  mentioned: (_context, _plan, { former }) => former !== undefined,
  note: (_context, _plan, { former }) => `it was ${former} until now`,
  do: async () => undefined,
  undo: 'changes-nothing',
  remember: async (_context, plan, earlier) => {
    const all = earlier === undefined ? [] : [...(earlier.displaced ?? []), earlier.directory];
    const displaced = [...new Set(all)].filter((one) => !samePath(one, sourceOf(plan)));
    return displaced.length === 0 ? {} : { displaced };
  },
  remove: { keeps: 'it only reports' },
};
