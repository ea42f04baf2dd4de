import { isBelow } from '../../files/index.js';
import { type ProbeReport, type ProbeStep, probeApp } from '../../probe/index.js';
import { quoteForCmd } from '../../quoting.js';
import { iisnodeSock, typedCommand } from '../../typed-command.js';
import { type AppReason, endOfProcess, reasonInHostLog, reasonInStderr } from '../app-logs.js';
import { appUrl } from '../app-url.js';
import { DeployFailed, withHints } from '../failure.js';
import type { DeployPlan } from '../plan.js';
import { samePath } from '../same-path.js';
import type { AtWork, DeployContext, DeployStep } from '../step.js';
import { isRemovedByUndo } from './copy-release.js';

/** iisnode tries a pipe 101 times, 250 ms apart, before it answers 500.1001 (iisnode 0.2.26: maxNamedPipeConnectionRetry 100, namedPipeConnectionRetryDelay 250). */
const firstAnswer = 30_000;
/** An app that listens immediately answers within this time. */
const slow = 3_000;

interface SeenUrl {
  /** The app's URL; undefined where it is not checked. */
  readonly url: string | undefined;
}

/**
 * Tests the live app like a browser. `do` throws DeployFailed VERIFICATION_FAILED with the failing request and the reason in
 * the app's own words, if it wrote any; the signal's reason when it was interrupted.
 */
export const verifyApp: DeployStep<SeenUrl> = {
  id: 'verify',
  title: 'Check the live app',
  look: async ({ target }, plan) => ({ url: plan.verify === true ? await target.url?.(plan) : undefined }),
  say: () => [],
  needed: (_context, _plan, { url }) => url !== undefined,
  mentioned: (_context, _plan, { url }) => url !== undefined,
  async do(context, plan, { url }, atWork) {
    if (url === undefined) return;
    const { signal, began = Date.now(), hostLog } = context;
    const logged = (await hostLog?.())?.length ?? 0;
    const probe = await probeAt(appUrl(url), context, plan, atWork);
    signal.throwIfAborted();
    const failed = probe.steps.find(({ ok }) => !ok);
    // The next request starts such an app again: each of its answers may be right.
    const ended = hostLog && reasonInHostLog((await hostLog()).slice(logged), plan, (code) => code === endOfProcess);
    atWork.result({ probe, ...(ended && { ended: ended.why }) });
    if (failed === undefined) return;
    const said = await hostReason(context.hostLog, plan, failed);
    throw verificationFailed(probe, failed, context, plan, said ?? (await reasonInStderr(plan.logDirectory, began)));
  },
  undo: 'changes-nothing',
  remove: { keeps: 'it changes nothing' },
};

async function probeAt(url: string, context: DeployContext, plan: DeployPlan, atWork: AtWork): Promise<ProbeReport> {
  const note = `no answer: node has not listened yet, or it is silent; this waits for it, ${firstAnswer / 1_000} s at most`;
  const timer = setTimeout(() => atWork.progress(note), slow);
  const address = await context.target.address?.(plan);
  const certificate = await context.target.certificate?.(plan);
  if (address !== undefined && context.target.kind === 'embedded') atWork.progress(howToReach(url, address));
  return probeApp(url, {
    ...(address === undefined ? {} : { address }),
    pages: [plan.entry],
    ...(plan.plainRoute === undefined ? {} : { plainRoute: plan.plainRoute }),
    firstTimeout: firstAnswer,
    servesHttps: (await context.target.servesHttps?.(plan)) ?? true,
    ...(certificate === undefined ? {} : { certificate }),
    ...(context.sources === undefined ? {} : { sources: context.sources }),
    ...(plan.expect === undefined ? {} : { expect: plan.expect }),
    onStep: () => clearTimeout(timer),
    signal: context.signal,
  }).finally(() => clearTimeout(timer));
}

/** The look finds the site without DNS; a browser does not. Names that end with .localhost lead to this machine by themselves. */
const howToReach = (url: string, address: string): string =>
  `for browsers, the hosts file (or DNS) must have: ${address} ${new URL(url).hostname}`;

/** The client gets its answer shortly before the host has logged why a process ended, so wait for that. */
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
  context: DeployContext,
  plan: DeployPlan,
  reason: AppReason | undefined,
): DeployFailed {
  const seen = failed.why ?? failed.seen;
  // If the process ended or did not answer, the reason is in node's output; other errors are named in the answer itself.
  const isOfProcess = ['iisnode-error', 'node-missing', 'no-answer'].includes(failed.symptom ?? '');
  const isReason = reason !== undefined && isOfProcess;
  const why = isReason ? reason.why : seen;
  const next =
    (isReason ? inSource(reason.next, plan) : undefined) ??
    (!isReason ? logHint(failed.next, context, plan) : `fix it${showsMore(context, plan)}`);
  return new DeployFailed(
    'VERIFICATION_FAILED',
    {
      what: `the live app does not work: ${failed.title} (${failed.url}): ${failed.seen}`,
      why,
      next: `${next ?? `${iisnodeSock} doctor`}; then deploy again${isLiveAnyway(context, plan) ? '' : ' (--no-verify keeps it deployed anyway)'}`,
      exit: 'refused',
    },
    withHints(probe, (each) => logHint(each, context, plan)),
  );
}

/** IIS has served the app's own folder before, and does so after the undo. */
const isLiveAnyway = ({ earlier }: DeployContext, { release, directory }: DeployPlan): boolean =>
  release === undefined &&
  earlier !== undefined &&
  earlier.releases?.live === undefined &&
  samePath(earlier.directory, directory);

/** Where more can be read, also when all is undone: a release that was made now is removed then. */
function showsMore(context: DeployContext, plan: DeployPlan): string {
  const { directory, logDirectory, release } = plan;
  if (release === undefined || !isRemovedByUndo(context, plan)) return ` (${logsOf(plan)} shows more)`;
  if (logDirectory !== undefined && !isBelow(directory, logDirectory)) return ` (its logs are in ${logDirectory})`;
  // What came from another machine is not in a folder of this one.
  return release.source === release.base
    ? ''
    : ` (${typedCommand(['doctor', release.source])} starts it, and shows more)`;
}

/** What came from another machine is in no folder that its user has. */
const logsOf = ({ directory, logDirectory, release }: DeployPlan): string =>
  release !== undefined && release.source === release.base && logDirectory !== undefined
    ? `the log in ${logDirectory}`
    : typedCommand(['logs', directory]);

/**
 * Its commands are for this app. `logs` shows those of the live release, and after the undo that is another one: a hint names the folder of the release, or, where the
 * undo removes it, no logs.
 */
function logHint(given: string | undefined, context: DeployContext, plan: DeployPlan): string | undefined {
  const next = given
    ?.replace('icacls FOLDER', () => `icacls ${quoteForCmd(plan.directory)}`)
    .replace('AppPool\\POOL', () => `AppPool\\${plan.poolName}`);
  if (plan.release === undefined || next === undefined) return next;
  const { directory, logDirectory } = plan;
  const isInside = logDirectory === undefined || isBelow(directory, logDirectory);
  if (!isInside) return next.replaceAll(`${iisnodeSock} logs`, `the log in ${logDirectory}`);
  if (!isRemovedByUndo(context, plan)) return next.replaceAll(`${iisnodeSock} logs`, logsOf(plan));
  return next.replace(new RegExp(`(?:; | )?${iisnodeSock} logs(?: shows [^;,]*)?(?:[;,] then: )?`, 'g'), '');
}

/** A release is a copy: what is to be done in its folder is done in the app's own, and deployed again. */
const inSource = (next: string | undefined, { directory, release }: DeployPlan): string | undefined =>
  release === undefined || release.source === release.base ? next : next?.replaceAll(directory, () => release.source);
