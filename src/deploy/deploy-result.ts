import { appUrl } from './app-url.js';
import type { PlanResult } from './run-plan.js';
import type { DeployOptions, DeployPlan, DeployResult } from './types.js';

/** What a deployment has done. */
export interface Outcome {
  /** Its name in `--to`. */
  readonly target: string;
  readonly plan: DeployPlan;
  readonly done: Pick<PlanResult, 'changed' | 'steps'> & Partial<Pick<PlanResult, 'probe' | 'ended'>>;
  /** undefined: only a file was written. */
  readonly url?: string | undefined;
  /** The file that was written, absolute. */
  readonly file?: string;
  readonly before?: DeployResult['before'];
}

/** The result of a deployment that ends now. @param began In ms, by performance.now(). */
export const resultOf = (
  { target, plan, done: { changed, steps, probe, ended }, url, file, before }: Outcome,
  began: number,
  { dryRun = false }: Pick<DeployOptions, 'dryRun'>,
): DeployResult => ({
  target,
  plan,
  dryRun,
  changed,
  steps,
  url: url === undefined ? undefined : appUrl(url),
  probe,
  ...(ended !== undefined && { ended }),
  ...(file !== undefined && { file }),
  ...(before && { before }),
  ms: performance.now() - began,
  exit: 'done',
});
