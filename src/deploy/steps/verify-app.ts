import { type ProbeReport, type ProbeStep, probeApp } from '../../probe/index.js';
import { type AppReason, reasonInHostLog, reasonInStderr } from '../app-logs.js';
import { appUrl } from '../app-url.js';
import { DeployFailed } from '../failure.js';
import type { DeployPlan } from '../plan.js';
import type { AtWork, DeployContext, DeployStep } from '../step.js';

/** iisnode tries a pipe 101 times, 250 ms apart, before it answers 500.1001 (iisnode 0.2.26: maxNamedPipeConnectionRetry 100, namedPipeConnectionRetryDelay 250). */
const firstAnswer = 30_000;
/** An app that listens at once is there by then. */
const slow = 3_000;

interface SeenUrl {
  /** Where the app is; undefined where nobody is to look. */
  readonly url: string | undefined;
}

/**
 * Looks at the live app as a browser would. `do` throws DeployFailed VERIFICATION_FAILED with the failing request and the reason in
 * the app's own words, where it wrote any; the signal's reason when it was interrupted.
 */
export const verifyApp: DeployStep<SeenUrl> = {
  id: 'verify',
  title: 'Look at the live app',
  look: async ({ target }, plan) => ({ url: plan.verify === true ? await target.url?.(plan) : undefined }),
  say: () => [],
  needed: (_context, _plan, { url }) => url !== undefined,
  mentioned: (_context, _plan, { url }) => url !== undefined,
  async do(context, plan, { url }, atWork) {
    if (url === undefined) return;
    const { signal, began = Date.now() } = context;
    const probe = await probeAt(appUrl(url), context, plan, atWork);
    signal.throwIfAborted();
    atWork.result({ probe });
    const failed = probe.steps.find(({ ok }) => !ok);
    if (failed === undefined) return;
    const said = await hostReason(context.hostLog, plan, failed);
    throw verificationFailed(probe, failed, plan, said ?? (await reasonInStderr(plan.logDirectory, began)));
  },
  undo: 'changes-nothing',
  remove: { keeps: 'it only looks' },
};

async function probeAt(url: string, context: DeployContext, plan: DeployPlan, atWork: AtWork): Promise<ProbeReport> {
  const note = 'node has not listened yet; iisnode waits for it, 25 s at most';
  const timer = setTimeout(() => atWork.progress(note), slow);
  return probeApp(url, {
    pages: [plan.entry],
    ...(plan.plainRoute === undefined ? {} : { plainRoute: plan.plainRoute }),
    firstTimeout: firstAnswer,
    servesHttps: context.target.kind !== 'embedded',
    ...(context.sources === undefined ? {} : { sources: context.sources }),
    ...(plan.expect === undefined ? {} : { expect: plan.expect }),
    onStep: () => clearTimeout(timer),
    signal: context.signal,
  }).finally(() => clearTimeout(timer));
}

/** The client gets its answer a moment before the host has written down why a process ended, so that is waited for. */
async function hostReason(
  hostLog: DeployContext['hostLog'],
  plan: DeployPlan,
  failed: ProbeStep,
): Promise<AppReason | undefined> {
  const comes = /^500\.100[12]/.test(failed.why ?? '');
  if (hostLog === undefined) return undefined;
  for (let waited = 0; ; waited += 10) {
    const reason = reasonInHostLog(await hostLog(), plan);
    if (reason !== undefined || !comes || waited >= 500) return reason;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function verificationFailed(
  probe: ProbeReport,
  failed: ProbeStep,
  plan: DeployPlan,
  reason: AppReason | undefined,
): DeployFailed {
  const seen = failed.why ?? failed.seen;
  // What node wrote is the reason where its process ended or did not answer; any other fault the answer itself names.
  const isOfProcess = ['iisnode-error', 'node-missing', 'no-answer'].includes(failed.symptom ?? '');
  const isReason = reason !== undefined && isOfProcess;
  const why = isReason ? reason.why : seen;
  const next =
    (isReason ? reason.next : undefined) ??
    (!isReason ? failed.next : `fix it (iisnode-sock logs ${plan.directory} shows more)`);
  return new DeployFailed(
    'VERIFICATION_FAILED',
    {
      what: `the live app does not work: ${failed.title} (${failed.url}): ${failed.seen}`,
      why,
      next: `${next ?? 'iisnode-sock doctor'}; then deploy again (--no-verify keeps it deployed as it is)`,
      exit: 'refused',
    },
    probe,
  );
}
