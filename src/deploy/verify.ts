import { type ProbeReport, type ProbeStep, probeApp } from '../probe/index.js';
import { type AppReason, reasonInHostLog, reasonInStderr } from './app-logs.js';
import { DeployFailed } from './failure.js';
import type { DeployEvent, DeployOptions, DeployPlan } from './types.js';

/** What verifying needs besides the plan. */
export interface Verification {
  /** Where the app is. */
  readonly url: string;
  /** Date.now() when deploying began. */
  readonly began: number;
  /** The host's log since then; undefined where the target has none. */
  readonly hostLog: (() => Promise<string>) | undefined;
}

/** iisnode tries a pipe 101 times, 250 ms apart, before it answers 500.1001 (iisnode 0.2.26: maxNamedPipeConnectionRetry 100, namedPipeConnectionRetryDelay 250). */
const firstAnswer = 30_000;
/** An app that listens at once is there by then. */
const slow = 3_000;

/**
 * Looks at the live app as a browser would. @throws DeployFailed VERIFICATION_FAILED with the failing request and the
 * reason in the app's own words, where it wrote any; the signal's reason when it was interrupted.
 */
export async function verify(
  plan: DeployPlan,
  { url, began, hostLog }: Verification,
  options: DeployOptions,
  report: (event: DeployEvent) => void,
): Promise<ProbeReport> {
  const start = performance.now();
  const tell = (phase: DeployEvent['phase'], note?: string): void =>
    report({
      step: 'verify',
      title: 'Look at the live app',
      commands: [],
      phase,
      ms: performance.now() - start,
      ...(note === undefined ? {} : { note }),
    });
  tell('doing');
  const timer = setTimeout(() => tell('doing', 'node has not listened yet; iisnode waits for it, 25 s at most'), slow);
  const probe = await probeApp(url, {
    pages: [plan.entry],
    ...(plan.plainRoute === undefined ? {} : { plainRoute: plan.plainRoute }),
    timeout: 15_000,
    firstTimeout: firstAnswer,
    onStep: () => clearTimeout(timer),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }).finally(() => clearTimeout(timer));
  options.signal?.throwIfAborted();
  const failed = probe.steps.find(({ ok }) => !ok);
  if (failed === undefined) {
    tell('done');
    return probe;
  }
  tell('failed', `${failed.title}: ${failed.seen}`);
  const said = await hostReason(hostLog, plan, failed);
  const reason = said ?? (await reasonInStderr(plan.logDirectory, began));
  throw verificationFailed(probe, failed, plan, reason);
}

/** The client gets its answer a moment before the host has written down why a process ended, so that is waited for. */
async function hostReason(
  hostLog: Verification['hostLog'],
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
  // The answer's own words first when they name another fault than a process that ended.
  const own = ['ws-module-owner', 'config-invalid', 'service'].includes(failed.symptom ?? '');
  const why = reason === undefined || own ? seen : reason.why;
  const next =
    reason?.next ??
    (reason === undefined || own ? failed.next : `fix it (iisnode-sock logs ${plan.directory} shows more)`);
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
