import { findAppcmdExe } from '../appcmd/index.js';
import { markLog } from './app-logs.js';
import { appUrl } from './app-url.js';
import { buildApp } from './build-app.js';
import { removeFormerPool } from './former-pool.js';
import { checkServer, planDeploy } from './plan-deploy.js';
import { type PlanResult, runPlan } from './run-plan.js';
import { aloneWithServer } from './server-lock.js';
import { steps } from './steps/index.js';
import { samePath } from './steps/run-appcmd.js';
import { chooseTarget } from './targets/choose-target.js';
import { freshServer } from './targets/fresh-server.js';
import { refusePort } from './targets/iis.js';
import { deployToScript, isScript } from './targets/script.js';
import type { DeployTarget } from './targets/target.js';
import type { DeployEvent, DeploymentRecord, DeployOptions, DeployPlan, DeployResult } from './types.js';
import { verify } from './verify.js';

/**
 * Puts an app on IIS, or on the embedded IIS, and looks at it there. Everything that can be checked is checked before the
 * first step; what fails is rolled back (see `runPlan`). Deploying twice changes nothing on the server. A dry run looks and says, by the
 * same code, and runs nothing that writes. Another deploy or undeploy that is at work is waited for.
 * A TypeScript app is built first (see `buildApp`), once all that can be checked before is.
 * @param report receives what happens; deploy never prints.
 * @throws UserError; DeployFailed (VERIFICATION_FAILED, with the probe's report) when the app does not answer as it should:
 *   looking is the last step, and like any step that fails it rolls all earlier ones back. Without verification it stays.
 */
export async function deploy(
  options: DeployOptions,
  report: (event: DeployEvent) => void = () => undefined,
): Promise<DeployResult> {
  const began = performance.now();
  if (options.to !== undefined && isScript(options.to)) return deployToScript(options, options.to, report);
  if (options.to === 'iis' && options.dryRun === true && !hasIis(options)) return sayForFreshServer(options, report);
  const signal = options.signal ?? new AbortController().signal;
  const target = chooseTarget(options, signal);
  const plan = planDeploy(options, undefined);
  const work = (): Promise<DeployResult> => deployTo(target, plan, { options, began }, report);
  if (options.dryRun === true) return work();
  const command = `deploy ${plan.directory}`;
  return aloneWithServer(target.home, { command, signal, onWait: (note) => sayWaiting(note, report) }, work);
}

const sayWaiting = (note: string, report: (event: DeployEvent) => void): void =>
  report({ step: 'wait-for-others', title: 'Wait for the others', phase: 'doing', commands: [], ms: 0, note });

async function deployTo(
  target: DeployTarget,
  first: DeployPlan,
  { options, began }: { readonly options: DeployOptions; readonly began: number },
  report: (event: DeployEvent) => void,
): Promise<DeployResult> {
  await checkServer(target.context, first);
  const plan: DeployPlan = { ...first, port: await target.choosePort(options, first, report) };
  const built = await buildApp(plan, options, report);
  const isBuilt = built !== undefined;
  const dryRun = options.dryRun === true;
  const { host } = target.context;
  const started = Date.now();
  const log = target.logFile === undefined ? undefined : await markLog(target.logFile);
  const former = await target.context.records?.find(target.name, plan.siteName, plan.vdirPath);
  sayDisplaced(former, plan, report);
  let probe: DeployResult['probe'];
  let done: PlanResult;
  try {
    if (!dryRun) await host?.prepare?.();
    done = await runPlan(steps, target.context, plan, report, {
      dryRun,
      ...(isBuilt && { stays: 'the app stays built' }),
      async last() {
        if (!dryRun && options.verify !== false) {
          const url = appUrl(await target.url(plan));
          probe = await verify(plan, { url, began: started, hostLog: log?.since }, options, report);
        }
      },
    });
  } finally {
    host?.release?.();
  }
  const removed = await removeFormerPool(target.context, plan, former, report, dryRun);
  const url = await target.url(plan);
  return {
    target: target.name,
    plan,
    dryRun,
    changed: done.changed || isBuilt,
    steps: [...(built ? [built] : []), ...done.steps, ...removed],
    url: appUrl(url),
    probe,
    ms: performance.now() - began,
    exit: 'done',
  };
}

/** Another folder was deployed there: nobody should lose it without a word. */
function sayDisplaced(
  former: DeploymentRecord | undefined,
  plan: DeployPlan,
  report: (event: DeployEvent) => void,
): void {
  if (former === undefined || samePath(former.directory, plan.directory)) return;
  const title = `Take over ${plan.vdirPath} of "${plan.siteName}"`;
  const note = `it was ${former.directory} until now`;
  report({ step: 'take-over', title, phase: 'looked', commands: [], ms: 0, note });
}

const hasIis = ({ appcmd, environment }: DeployOptions): boolean =>
  appcmd !== undefined || findAppcmdExe(environment ?? process.env) !== undefined;

/** A dry run for IIS where there is none: the commands as for a fresh one. */
async function sayForFreshServer(options: DeployOptions, report: (event: DeployEvent) => void): Promise<DeployResult> {
  const began = performance.now();
  refusePort(options);
  const plan = planDeploy(options, undefined);
  const title = 'Look at IIS';
  const note = 'there is none on this machine: these are the commands for a fresh one';
  report({ step: 'look-at-server', title, phase: 'looked', commands: [], ms: 0, note });
  const context = freshServer(plan, { signal: options.signal });
  const built = await buildApp(plan, options, report);
  const { steps: said, changed } = await runPlan(steps, context, plan, report, { dryRun: true });
  const ms = performance.now() - began;
  return {
    target: 'iis',
    plan,
    dryRun: true,
    changed,
    steps: [...(built ? [built] : []), ...said],
    url: undefined,
    probe: undefined,
    ms,
    exit: 'done',
  };
}
