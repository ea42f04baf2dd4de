import path from 'node:path';
import { type App, readApp } from '../app/index.js';
import { beforeAnyChange } from '../errors.js';
import { type Home, openHome } from '../host/index.js';
import { appSources } from '../probe/index.js';
import { isSsh } from '../ssh/index.js';
import { deploymentRecords } from './all-records.js';
import { markLog } from './app-logs.js';
import { assumeFrom } from './assume-from.js';
import { isAzure } from './azure/address.js';
import { checkedOptions, isForFreshIis } from './check-options.js';
import { type Outcome, resultOf } from './deploy-result.js';
import { hintsFor } from './hints-for.js';
import { deployOverSsh } from './over-ssh/deploy-over-ssh.js';
import { checkServer, planDeploy } from './plan-deploy.js';
import type { AppFault } from './preflight/check.js';
import { checkAppAlone, preflightOf, refuseObstacles, runChecks } from './preflight/run-checks.js';
import { recordOfOwnSite } from './records.js';
import { backToChecked } from './releases/back-to-checked.js';
import { journalFolder } from './releases/base-folder.js';
import { type ChosenRelease, deployRelease } from './releases/deploy-release.js';
import { type FarRequest, journalled } from './releases/journalled.js';
import { liveRelease } from './releases/live-release.js';
import { type ReleaseRequest, releaseRequest } from './releases/plan-release.js';
import type { Release } from './releases/release.js';
import { openReleases } from './releases/release-folder.js';
import { Reporter, waitsForOthers } from './reporter.js';
import { type PlanResult, runPlan } from './run-plan.js';
import { withServerLock } from './server-lock.js';
import { refuseOtherRoot } from './site-root.js';
import type { DeployContext } from './step.js';
import { steps } from './steps/index.js';
import { findApp } from './steps/run-appcmd.js';
import { deployToAzure } from './targets/azure.js';
import { chooseTarget, targetNameOf } from './targets/choose-target.js';
import { siteOnExpress } from './targets/express/express.js';
import { isExpress } from './targets/express/find-express.js';
import { isFileTarget, isScript, isZip } from './targets/file-target.js';
import { freshIis, freshServer, noteOnFreshIis, typedAppcmd } from './targets/fresh-server.js';
import type { OpenTarget } from './targets/open-target.js';
import { refuseWithoutBinding } from './targets/open-target.js';
import { deployToScript } from './targets/script.js';
import { deployToZip } from './targets/zip.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult, FormerState } from './types.js';

/**
 * Deploys an app to IIS, or to the embedded IIS, and checks it there. Everything that can be checked is checked before the
 * first step; a failed deployment is rolled back (see `runPlan`). Deploying twice changes nothing on the server. A dry run looks and
 * says with the same code, and runs nothing that writes. Waits for another deploy or undeploy that is running.
 * A TypeScript app is built first (see `buildApp`), after all checks that are possible before it.
 * @param report receives the progress; deploy never prints.
 * @param given the app, if it has already been read at its vdir path.
 * @param known the result of `withRecordedSite`, if the deployment records have already been read.
 * @param faults what the doctor's rules find wrong with the app: an error is refused, but with `force`.
 * @throws UserError; DeployFailed (VERIFICATION_FAILED, with the probe's report) when the app does not answer as it should:
 *   verification is the last step, and like any failed step it rolls back all earlier ones. Without verification the app stays.
 */
export async function deploy(
  asked: DeployOptions,
  report: (event: DeployEvent) => void = () => undefined,
  given?: App,
  known?: DeployOptions,
  faults: readonly AppFault[] = [],
): Promise<DeployResult> {
  const options = checkedOptions(asked);
  const folder = path.resolve(options.directory);
  return deployChecked(options, { report, given, known, faults }).catch((error: unknown) => {
    // What has begun a step says itself what became of it; so does App Service.
    throw hintsFor(isAzure(options.to) ? error : beforeAnyChange(error, options.signal), folder);
  });
}

/** What was asked of `deploy`, besides its options. */
interface Asked {
  readonly report: (event: DeployEvent) => void;
  readonly given: App | undefined;
  readonly known: DeployOptions | undefined;
  readonly faults: readonly AppFault[];
}

async function deployChecked(options: DeployOptions, { report, given, known, faults }: Asked): Promise<DeployResult> {
  if (isAzure(options.to))
    return deployToAzure({ app: given ?? appOf(options), options, faults, to: options.to }, report);
  if (isFileTarget(options.to) || isForFreshIis(options) || isSsh(options.to))
    return deployElsewhere(given ?? appOf(options), options, report, faults);
  const began = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  const target = chooseTarget(options, signal);
  const placed = known ?? (await withRecordedSite(options));
  const app = given ?? appOf(placed);
  const plan = planDeploy(app, placed, undefined);
  const work = async (): Promise<DeployResult> =>
    resultOf(await deployTo(app, target, plan, { options, faults }, report), began, options);
  if (options.dryRun === true) return work();
  const onWait = waitsForOthers(report);
  const { name } = target.context.target;
  return withServerLock(target.home, { command: `deploy ${plan.directory}`, target: name, signal, onWait }, work);
}

/** To a server that is not here. */
async function deployElsewhere(
  app: App,
  options: DeployOptions,
  report: (event: DeployEvent) => void,
  faults: readonly AppFault[],
): Promise<DeployResult> {
  const { to } = options;
  refuseObstacles(await checkAppAlone({ app, faults, options }), new Reporter(report));
  if (isZip(to)) return deployToZip(app, options, to, report);
  if (isScript(to)) return deployToScript(app, options, to, report);
  if (isSsh(to)) return deployOverSsh(app, options, to, report);
  return planForFreshServer(app, options, report);
}

const appOf = ({ directory, path: vdirPath, newSite, to, environment = process.env }: DeployOptions): App =>
  readApp(directory, { environment, vdirPath, assumeFrom: assumeFrom(newSite, to) });

/**
 * An app for which deploy has created a site is deployed to that site again: its options, or those given. Throws UserError
 * RECORDS_UNREADABLE, BAD_HOME.
 */
export async function withRecordedSite(options: DeployOptions): Promise<DeployOptions> {
  if (options.site !== undefined || options.newSite !== undefined) return options;
  const home = openHome(options.environment ?? process.env);
  const records = deploymentRecords(home);
  const record = await recordOfOwnSite(records, targetNameOf(options), path.resolve(options.directory));
  if (record === undefined && isExpress(options.to)) {
    const site = await siteOnExpress(options.to, options, home);
    return site === undefined ? options : { ...options, site };
  }
  return record === undefined ? options : { ...options, site: record.site, path: options.path ?? record.path };
}

interface Deployment {
  readonly options: DeployOptions;
  readonly faults: readonly AppFault[];
  /** The request of another machine that a deployment in place is. */
  readonly far?: FarRequest;
}

/**
 * Checks the server and runs the steps.
 * @param given a release to go back to, or an app from another machine: `app` was read from that folder. Default: what the options say.
 */
export async function deployTo(
  app: App,
  target: OpenTarget,
  first: DeployPlan,
  { options, faults, far }: Deployment,
  report: (event: DeployEvent) => void,
  given?: ChosenRelease | ReleaseRequest,
): Promise<Outcome> {
  const looking = { ...target.context, environment: options.environment ?? process.env };
  await checkServer(looking, first);
  await refuseOtherRoot(looking, first, options);
  const earlier = await looking.records?.find(looking.target.name, first.siteName, first.vdirPath);
  const live = earlier && liveRelease(earlier, (await findApp(looking, first))?.physicalPath);
  const request = given ?? releaseRequest(options, first, { earlier, target: looking.target }, target.home);
  const asked = { options, faults, copiedTo: request?.base };
  const preflight = preflightOf(looking, first, app, asked);
  refuseObstacles(await runChecks(preflight), new Reporter(report));
  const plan: DeployPlan = { ...first, port: await target.choosePort(options, first, new Reporter(report)) };
  const context: DeployContext = {
    ...(await checkedContext(target.context, earlier, options)),
    sources: () => appSources(app, plan),
    ...(isLookedAt(target.context) && { checked: preflight.checked }),
    ...(request === undefined && live !== undefined && { switchedFrom: live }),
  };
  const { host, url } = context.target;
  try {
    const [done, carriedOut] =
      request === undefined
        ? [await runInPlace(context, plan, { earlier, live, home: target.home, options, far }, report), plan]
        : await deployRelease({ context, plan, request, dryRun: options.dryRun === true, report });
    const before = stateBefore(earlier, live, carriedOut);
    return { target: context.target.name, plan: carriedOut, done, url: await url?.(plan), before };
  } catch (error) {
    if (request === undefined || request.wayBack !== undefined) throw error;
    const goTo = wayBackTo({ target, plan, options, request, source: earlier?.directory ?? first.directory }, report);
    throw await backToChecked(error, { context, place: plan, base: request.base }, goTo);
  } finally {
    await host?.release?.();
  }
}

interface WayBack {
  readonly target: OpenTarget;
  readonly plan: DeployPlan;
  readonly options: DeployOptions;
  readonly request: ReleaseRequest;
  /** The app's own folder. */
  readonly source: string;
}

/** Makes a kept release live again, as a rollback does, within a deployment that has failed. */
function wayBackTo(
  { target, plan, options, request, source }: WayBack,
  report: (event: DeployEvent) => void,
): (release: Release) => Promise<Outcome> {
  const { siteName: site, vdirPath, poolName: pool } = plan;
  const { environment, signal, appcmd } = options;
  const { base, keep, received } = request;
  return async (release) => {
    const directory = openReleases(base).folderOf(release.id);
    const asked: DeployOptions = {
      ...{ directory, to: target.context.target.name, site, path: vdirPath, pool, build: false },
      ...(environment && { environment }),
      ...(signal && { signal }),
      ...(appcmd && { appcmd }),
    };
    const app = readApp(directory, { environment: environment ?? process.env, vdirPath });
    // For an app from another machine the lock is held since its files came.
    const chosen = { base, keep, release, source, wayBack: { isLocked: received !== undefined } };
    return deployTo(app, target, planDeploy(app, asked, undefined), { options: asked, faults: [] }, report, chosen);
  };
}

const isLookedAt = ({ target }: DeployContext): boolean => target.kind === 'iis' && target.lookAt !== undefined;

/** IIS serves the app's own folder; the journal is where its releases would be. */
function runInPlace(
  context: DeployContext,
  plan: DeployPlan,
  {
    earlier,
    live,
    home,
    options: { dryRun = false, environment },
    far,
  }: {
    readonly earlier: DeployContext['earlier'];
    /** The release that is live before. */
    readonly live: string | undefined;
    readonly home: Home;
    readonly options: DeployOptions;
    readonly far: FarRequest | undefined;
  },
  report: (event: DeployEvent) => void,
): Promise<PlanResult> {
  const place = { target: context.target.name, home, source: plan.directory, ...(environment && { environment }) };
  const base = dryRun ? undefined : journalFolder(plan, place, earlier);
  const subject = { command: 'deploy', folder: plan.directory, ...(live && { from: live }) } as const;
  return journalled(base, subject, report, (listen) => runPlan(steps, context, plan, listen, { dryRun }), far);
}

/** What deploy's record of the place said before the first step, and which release was live then. */
function stateBefore(
  earlier: DeployContext['earlier'],
  known: string | undefined,
  { release }: DeployPlan,
): FormerState {
  if (earlier === undefined) return { was: 'nothing' };
  const live = release?.from ?? known;
  return live === undefined ? { was: 'folder', directory: earlier.directory } : { was: 'release', release: live };
}

/** Checks the server before the first step. */
async function checkedContext(
  context: DeployContext,
  earlier: DeployContext['earlier'],
  { environment }: DeployOptions,
): Promise<DeployContext> {
  const { target } = context;
  const log = target.kind === 'embedded' ? await markLog(target.logFile) : undefined;
  return {
    ...context,
    began: Date.now(),
    ...(earlier && { earlier }),
    ...(earlier?.releases && { releases: { folder: openReleases(earlier.releases.base) } }),
    ...(log && { hostLog: log.since }),
    ...(environment && { environment }),
  };
}

/** A dry run for IIS where there is none: the commands for a new one. */
async function planForFreshServer(
  app: App,
  options: DeployOptions,
  report: (event: DeployEvent) => void,
): Promise<DeployResult> {
  const began = performance.now();
  const plan = planDeploy(app, options, undefined);
  refuseWithoutBinding(plan);
  const { signal, environment, serverPath } = options;
  new Reporter(report).note({ id: 'look-at-server', title: 'Check IIS' }, 'looked', noteOnFreshIis(serverPath));
  const context = freshServer(plan, { target: freshIis(serverPath), appcmdLine: typedAppcmd, signal, environment });
  await refuseOtherRoot(context, plan, options);
  const done = await runPlan(steps, context, plan, report, { dryRun: true });
  return resultOf({ target: context.target.name, plan, done }, began, options);
}
