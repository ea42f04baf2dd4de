import type { App } from '../app/index.js';
import { UserError } from '../errors.js';
import { requireWritableHome } from '../host/index.js';
import { isSsh } from '../ssh/index.js';
import { forFolder } from '../typed-command.js';
import { azureAddress, isAzure } from './azure/address.js';
import { checkedOptions } from './check-options.js';
import { appOfDeployment, type CheckApp } from './deploy-with-warnings.js';
import { checkOverSsh } from './over-ssh/deploy-over-ssh.js';
import { checkServer, planDeploy } from './plan-deploy.js';
import type { CheckResult, DeployCheck, Obstacle } from './preflight/check.js';
import { checkAppAlone, preflightOf, runChecks } from './preflight/run-checks.js';
import { releaseRequest } from './releases/plan-release.js';
import { refuseOtherRoot } from './site-root.js';
import { checkAzure } from './targets/azure.js';
import { chooseTarget, targetNameOf } from './targets/choose-target.js';
import { isFileTarget, isScript } from './targets/file-target.js';
import { plannedScript } from './targets/script.js';
import type { DeployOptions, DeployPlan } from './types.js';

/**
 * Looks at all that deploy looks at before it changes anything, and changes nothing. What it would refuse is a check that failed.
 * @throws UserError for options and apps that deploy cannot read a plan from, and where the server cannot be asked.
 */
export async function checkDeployment(given: DeployOptions, checkApp: CheckApp): Promise<DeployCheck> {
  const options = checkedOptions(given);
  const { app, placed, faults } = await appOfDeployment(options, checkApp);
  if (isSsh(options.to)) {
    const there = await checkOverSsh(app, options, options.to, faults);
    return { ...there, checks: hintsIn(there.checks, app.directory) };
  }
  const plan = planDeploy(app, placed ?? options, undefined);
  const checks = hintsIn(await checksOf(app, plan, { ...options, ...placed }, faults), app.directory);
  const ready = checks.every(({ state }) => state !== 'failed');
  const site = isAzure(options.to) ? azureAddress(options.to).app : plan.siteName;
  return { target: targetNameOf(options), site, path: plan.vdirPath, ready, checks };
}

const hintsIn = (checks: readonly CheckResult[], folder: string): readonly CheckResult[] =>
  checks.map((one) =>
    one.obstacle === undefined
      ? one
      : { ...one, obstacle: { ...one.obstacle, next: forFolder(one.obstacle.next, folder) } },
  );

async function checksOf(
  app: App,
  plan: DeployPlan,
  options: DeployOptions,
  faults: Awaited<ReturnType<typeof appOfDeployment>>['faults'],
): Promise<readonly CheckResult[]> {
  const asked = { options: { ...options, check: true }, faults };
  const alone = (): Promise<readonly CheckResult[]> => checkAppAlone({ app, ...asked });
  if (isAzure(options.to)) return checkAzure({ app, options, faults, to: options.to });
  if (isScript(options.to)) await plannedScript(plan, options, options.to);
  if (isFileTarget(options.to)) return alone();
  const { signal = new AbortController().signal, environment = process.env } = options;
  try {
    const target = chooseTarget(options, signal);
    requireWritableHome(target.home);
    const context = { ...target.context, environment };
    const asPlaced = await refusal(async () => {
      await checkServer(context, plan);
      await refuseOtherRoot(context, plan, options);
    });
    const earlier = await context.records?.find(context.target.name, plan.siteName, plan.vdirPath);
    const request = releaseRequest(options, plan, { earlier, target: context.target }, target.home);
    const looked = preflightOf(context, plan, app, { ...asked, copiedTo: request?.base });
    return [...asPlaced, ...(await runChecks(looked))];
  } catch (error) {
    // Without IIS, or without the right to ask it, no other question has an answer.
    if (!(error instanceof UserError) || !['IIS_NOT_FOUND', 'NOT_ELEVATED'].includes(error.code)) throw error;
    return [failed('iis', 'IIS is there and can be asked', error), ...(await alone())];
  }
}

/** Where on the server the app would be: deploy refuses it with an error of its own. */
async function refusal(look: () => Promise<void>): Promise<CheckResult[]> {
  const [id, title] = ['place', 'The app can be at its path of that site'] as const;
  try {
    await look();
    return [{ id, title, state: 'ok' }];
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'NOT_ELEVATED' || error.exit === 'bug') throw error;
    return [failed(id, title, error)];
  }
}

const failed = (id: string, title: string, { code, what, why, next }: Obstacle): CheckResult => ({
  id,
  title,
  state: 'failed',
  obstacle: { code, what, why, next },
});
