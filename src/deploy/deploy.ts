import { checkServer, planDeploy } from './plan-deploy.js';
import { probeApp } from './probe/probe-app.js';
import { type PlanResult, runPlan } from './run-plan.js';
import { steps } from './steps/index.js';
import { chooseTarget } from './targets/choose-target.js';
import { deployToScript, isScript } from './targets/script.js';
import type { DeployTarget } from './targets/target.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult } from './types.js';

/**
 * Puts an app on IIS, or on the embedded IIS, and looks at it there. Everything that can be checked is checked before the
 * first deed; what fails is taken back (see `runPlan`). Deploying twice changes nothing. A dry run looks and says, by the
 * same code, and runs nothing that writes.
 * @param report receives what happens; deploy never prints.
 * @throws UserError. An app that is deployed but does not answer as it should is no exception: `exit` is `refused`, and
 *   `probe` says why. It stays deployed, so that it can be looked at.
 */
export async function deploy(
  options: DeployOptions,
  report: (event: DeployEvent) => void = () => undefined,
): Promise<DeployResult> {
  const began = performance.now();
  if (options.to !== undefined && isScript(options.to)) return deployToScript(options, options.to, report);
  const signal = options.signal ?? new AbortController().signal;
  const target = chooseTarget(options, signal);
  const first = planDeploy(options, undefined);
  await checkServer(target.context, first);
  const plan: DeployPlan = { ...first, port: await target.choosePort(options) };
  const dryRun = options.dryRun === true;
  const { host } = target.context;
  let probe: DeployResult['probe'];
  let done: PlanResult;
  try {
    if (!dryRun) await host?.prepare?.();
    done = await runPlan(steps, target.context, plan, report, {
      dryRun,
      async last() {
        if (!dryRun && options.verify !== false) {
          probe = await verify(target, plan, await target.url(plan), options, report);
        }
      },
    });
  } finally {
    host?.release?.();
  }
  const url = await target.url(plan);
  return {
    target: target.name,
    plan,
    dryRun,
    changed: done.changed,
    steps: done.steps,
    url: url.endsWith('/') ? url : `${url}/`,
    probe,
    ms: performance.now() - began,
    exit: probe === undefined || probe.ok ? 'done' : 'refused',
  };
}

async function verify(
  target: DeployTarget,
  plan: DeployPlan,
  url: string,
  options: DeployOptions,
  report: (event: DeployEvent) => void,
): Promise<DeployResult['probe']> {
  const began = performance.now();
  const event = { step: 'verify', title: 'Look at the live app', commands: [] };
  report({ ...event, phase: 'doing', ms: 0 });
  const probe = await probeApp(url, {
    pages: [plan.entry],
    // On IIS the worker process and node both start with the first request.
    timeout: target.name === 'iis' ? 30_000 : 15_000,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const failed = probe.steps.find(({ ok }) => !ok);
  report({
    ...event,
    phase: probe.ok ? 'done' : 'failed',
    ms: performance.now() - began,
    ...(failed === undefined ? {} : { note: `${failed.title}: ${failed.why ?? failed.seen}` }),
  });
  return probe;
}
