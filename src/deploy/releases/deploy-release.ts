import type { DeployPlan } from '../plan.js';
import { waitsForOthers } from '../reporter.js';
import { type PlanResult, runPlan } from '../run-plan.js';
import { withAppLock } from '../server-lock.js';
import type { DeployContext } from '../step.js';
import { localSteps, serverSteps } from '../steps/index.js';
import { findApp } from '../steps/run-appcmd.js';
import type { DeployEvent } from '../types.js';
import { whoIsIt } from './journal.js';
import { journalled } from './journalled.js';
import { type PreparedRelease, prepareRelease, type ReleaseRequest, withRelease } from './plan-release.js';
import type { Release } from './release.js';
import { openReleases } from './release-folder.js';

/** A kept release that is to be live again. */
export interface ChosenRelease extends ReleaseRequest {
  readonly release: Release;
  /** The app's own folder. */
  readonly source: string;
}

interface ReleaseWork {
  readonly context: DeployContext;
  /** Of the app's own folder, or of the chosen release's. */
  readonly plan: DeployPlan;
  readonly request: ReleaseRequest | ChosenRelease;
  readonly dryRun: boolean;
  readonly report: (event: DeployEvent) => void;
}

/**
 * Builds and packs the app and makes a release of it live; or makes a kept release live. One at a time for an application, and each
 * is written into its journal. Gives the plan that was carried out, too.
 * @throws what `runPlan` throws; UserError APP_NOT_PACKABLE, DEPLOY_RUNNING.
 */
export async function deployRelease(work: ReleaseWork): Promise<readonly [PlanResult, DeployPlan]> {
  const { context, plan, request, report } = work;
  // For an app from another machine the lock is held since its files came.
  if (work.dryRun || request.received !== undefined || request.wayBack?.isLocked === true) return buildAndRun(work);
  const command = `${'release' in request ? 'rollback' : 'deploy'} ${plan.directory} by ${whoIsIt()}`;
  const onWait = waitsForOthers(report);
  return withAppLock(request.base, { command, signal: context.signal, onWait }, () => buildAndRun(work));
}

async function buildAndRun(work: ReleaseWork): Promise<readonly [PlanResult, DeployPlan]> {
  const { context, plan, request, dryRun, report } = work;
  if ('release' in request) return runAndRecord(await chosenRelease(context, plan, request), work);
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const [done, carriedOut] = await runAndRecord(await prepareRelease(context, plan, request), work);
  return [{ ...done, steps: [...built.steps, ...done.steps], changed: built.changed || done.changed }, carriedOut];
}

async function chosenRelease(
  context: DeployContext,
  plan: DeployPlan,
  { base, keep, release, source }: ChosenRelease,
): Promise<PreparedRelease> {
  const folder = openReleases(base);
  const live = folder.at((await findApp(context, plan))?.physicalPath)?.id;
  return {
    plan: withRelease(plan, release, { base, keep, live, source }),
    context: { ...context, releases: { folder } },
  };
}

async function runAndRecord(
  { context, plan }: PreparedRelease,
  { request, dryRun, report }: ReleaseWork,
): Promise<readonly [PlanResult, DeployPlan]> {
  const { id = '', from, size = 0 } = plan.release ?? {};
  const command = 'release' in request ? 'rollback' : 'deploy';
  const subject = {
    command,
    release: id,
    ...(from === undefined ? {} : { from }),
    size,
  } as const;
  const run = (listen: (event: DeployEvent) => void): Promise<PlanResult> =>
    runPlan(serverSteps, context, plan, listen, { dryRun });
  return [await journalled(dryRun ? undefined : request.base, subject, report, run, request.far), plan];
}
