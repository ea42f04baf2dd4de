import { statSync } from 'node:fs';
import { plural, size } from '../../amounts.js';
import type { App } from '../../app/index.js';
import { writeFileAtomic } from '../../files/index.js';
import { openHome } from '../../host/index.js';
import { type PackOptions, packApp, zipApp } from '../../pack/index.js';
import { filesToPack } from '../app-files.js';
import { azureAddress } from '../azure/address.js';
import { type AzureDone, carryOut } from '../azure/carry-out.js';
import { type AzureLook, azureChecks, type KuduSeen, lookAtKudu } from '../azure/checks.js';
import { beforeChanges } from '../azure/ending.js';
import { hashIn, KeptPackages } from '../azure/kept-packages.js';
import { messageFor } from '../azure/message.js';
import { type PackageFile, packageFile } from '../azure/package-file.js';
import { patienceOf } from '../azure/patience.js';
import { pushTargets } from '../azure/push.js';
import { requireRoot } from '../azure/refuse-options.js';
import { type AzureSession, openAzure, swapCommand } from '../azure/session.js';
import { resultOf } from '../deploy-result.js';
import { planDeploy } from '../plan-deploy.js';
import type { AppFault, CheckResult } from '../preflight/check.js';
import { checkAppAlone, refuseObstacles } from '../preflight/run-checks.js';
import { whoIsIt } from '../releases/journal.js';
import { Reporter, waitsForAzure, waitsForOthers } from '../reporter.js';
import { runPlan } from '../run-plan.js';
import { withAppLock } from '../server-lock.js';
import { localSteps } from '../steps/index.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult } from '../types.js';
import { freshIis, freshServer, typedAppcmd } from './fresh-server.js';

/** Minutes for everything that is waited for. */
export const standardTimeLimit = 30;

/** What a deployment to App Service begins with. */
interface Request {
  readonly app: App;
  readonly options: DeployOptions;
  readonly faults: readonly AppFault[];
  readonly to: string;
}

/**
 * Deploys an app to App Service on Windows, follows the deployment to its end, and checks the live app; with a slot it is checked there and
 * then swapped with production. Doing it twice changes nothing.
 * @throws UserError; DeployFailed. Their texts say what is there.
 */
export async function deployToAzure(request: Request, report: (event: DeployEvent) => void): Promise<DeployResult> {
  const { app, options, to } = request;
  const { environment = process.env, signal = new AbortController().signal, dryRun = false } = options;
  const plan = planFor(app, options, to);
  const kept = new KeptPackages(openHome(environment), azureAddress(to));
  const work = (): Promise<DeployResult> =>
    deployPlanned({ ...request, plan, kept, environment, signal }, report).catch((error: unknown) => {
      throw beforeChanges(error, signal);
    });
  if (dryRun) return work();
  kept.make();
  const command = `deploy ${plan.directory} --to ${azureAddress(to).text}`;
  return withAppLock(kept.folder, { command, signal, onWait: waitsForOthers(report) }, work);
}

/** What `deploy --check` looks at. @throws UserError. */
export async function checkAzure({ app, options, faults, to }: Request): Promise<CheckResult[]> {
  const { environment = process.env, signal = new AbortController().signal } = options;
  const plan = planFor(app, options, to);
  try {
    const session = await openAzure(to, environment, patienceFor(options, signal));
    const look = { session, seen: await lookAtKudu(session), app, plan, options };
    return await checksOf(look, faults, options);
  } catch (error) {
    throw beforeChanges(error, signal);
  }
}

/** The site is the app's own, with the app at its root. */
function planFor(app: App, options: DeployOptions, to: string): DeployPlan {
  const { app: name } = azureAddress(to);
  const plan = { ...planDeploy(app, options, undefined), siteName: name, poolName: name };
  requireRoot(plan);
  return plan;
}

const patienceFor = (
  { timeLimit = standardTimeLimit }: DeployOptions,
  signal: AbortSignal,
  onWait: (sentence: string) => void = () => undefined,
) => patienceOf(timeLimit * 60_000, signal, { onWait });

async function checksOf(look: AzureLook, faults: readonly AppFault[], options: DeployOptions): Promise<CheckResult[]> {
  const { host } = look.session.kudu;
  const access: CheckResult = { id: 'azure-access', title: `${host} answers, and knows the credentials`, state: 'ok' };
  const ofApp = await checkAppAlone({ app: look.app, faults, options });
  return [access, ...azureChecks(look, options.force === true), ...ofApp];
}

interface Planned extends Request {
  readonly plan: DeployPlan;
  readonly kept: KeptPackages;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

async function deployPlanned(planned: Planned, report: (event: DeployEvent) => void): Promise<DeployResult> {
  const { app, options, to, plan, kept, environment, signal } = planned;
  const began = performance.now();
  const { dryRun = false, force = false } = options;
  const reporter = new Reporter(report);
  const session = await openAzure(to, environment, patienceFor(options, signal, waitsForAzure(report)));
  const seen = await lookAtKudu(session);
  const results = await checksOf({ session, seen, app, plan, options }, planned.faults, options);
  refuseObstacles(results, reporter);
  for (const { id, title, state, note } of results) {
    if (state === 'advice' && note !== undefined) reporter.note({ id, title }, 'looked', note);
  }
  const context = freshServer(plan, { target: freshIis(undefined), appcmdLine: typedAppcmd, signal, environment });
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const arch = session.managed?.is32Bit === true ? 'ia32' : 'x64';
  const packed = await pack(planned, { platform: 'win32', arch }, reporter);
  const there = await whatIsThere(session, seen, packed.hash, force);
  const message = messageFor(packed.hash);
  const author = whoIsIt();
  const { address } = session.access;
  const outcome = { target: 'azure', plan, url: (session.production ?? session.site).href };
  const azure = { app: address.app, ...(address.slot !== undefined && { slot: address.slot }) };
  if (dryRun) {
    const steps = [...built.steps, ...requestsOf(session, there, { message, author })];
    return {
      ...resultOf({ ...outcome, done: { changed: steps.length > 0, steps } }, began, options),
      azure: { ...azure, swapped: false },
    };
  }
  const live = there === 'live' ? withoutSlot(session) : session;
  const file = there === undefined ? await packed.write() : undefined;
  const liveBefore = seen.deployments.find(({ active }) => active);
  const former = hashIn(liveBefore?.message ?? '');
  kept.prune(...(former === undefined ? [] : [former]), packed.hash);
  const done = await carryOut({
    session: live,
    seen,
    app,
    plan,
    kept,
    pack: file,
    message,
    author,
    environment,
    signal,
    report,
  });
  const url = done.next === undefined ? outcome.url : session.site.href;
  const steps = [...built.steps, ...done.steps];
  const result = resultOf(
    { ...outcome, url, done: { changed: steps.length > 0, steps, probe: done.probe } },
    began,
    options,
  );
  return {
    ...result,
    azure: { ...azure, ...whatBecame(done, address.slot === undefined ? liveBefore?.id : undefined) },
  };
}

function whatBecame({ deployment, swapped, next }: AzureDone, before: string | undefined) {
  return {
    swapped,
    ...(before !== undefined && { before }),
    ...(deployment !== undefined && { deployment }),
    ...(next !== undefined && { next }),
  };
}

/** Whether the package is there: `live`, or `slot` where it is in the slot and not yet swapped; undefined: it has to be sent. */
async function whatIsThere(
  { access: { address }, productionKudu }: AzureSession,
  { deployments }: KuduSeen,
  hash: string,
  force: boolean,
): Promise<'live' | 'slot' | undefined> {
  if (force) return undefined;
  // A newer one that failed may have left some of its files.
  const isActive = ([newest]: KuduSeen['deployments']): boolean =>
    newest?.active === true && newest.status === 4 && hashIn(newest.message) === hash;
  if (address.slot === undefined) return isActive(deployments) ? 'live' : undefined;
  if (productionKudu !== undefined && isActive(await productionKudu.deployments())) return 'live';
  return isActive(deployments) ? 'slot' : undefined;
}

/** What is live already is only looked at. */
const withoutSlot = (session: AzureSession): AzureSession => ({
  ...session,
  access: { ...session.access, address: { ...session.access.address, slot: undefined } },
  site: session.production ?? session.site,
  production: undefined,
});

/** The requests of a dry run that change something. */
function requestsOf(
  session: AzureSession,
  there: 'live' | 'slot' | undefined,
  push: { readonly message: string; readonly author: string },
): DeployResult['steps'] {
  const { kudu, access, manager } = session;
  const { slot } = access.address;
  const steps: DeployResult['steps'][number][] = [];
  if (there === undefined) {
    const commands = [`POST ${kudu.client.urlOf(pushTargets.zipdeploy(push))}`];
    steps.push({ id: 'push-package', title: `Deploy the package at ${kudu.host}`, commands });
  }
  if (slot !== undefined && there !== 'live') {
    const title = `Swap the slot ${slot} with production`;
    steps.push({ id: 'swap-slots', title, commands: [manager?.swapLine(slot) ?? swapCommand(session)] });
  }
  return steps;
}

interface Packed {
  readonly hash: string;
  /** Writes the package where this machine keeps it. */
  write(): Promise<PackageFile>;
}

/** @throws UserError APP_NOT_PACKABLE, APP_CHANGED, ZIP_TOO_LARGE. */
function pack(
  { plan, kept, options, signal }: Planned,
  target: PackOptions['target'],
  reporter: Reporter,
): Promise<Packed> {
  return reporter.step({ id: 'pack-app', title: 'Pack the app' }, async (step) => {
    const found = await packApp({ ...filesToPack(plan, target, signal), packages: options.installOnServer !== true });
    const file = kept.fileOf(found.hash);
    step.setPhase('looked', `${plural(found.files.length, 'file')}, ${size(found.size)} before compression`);
    return {
      hash: found.hash,
      async write() {
        if (statSync(file, { throwIfNoEntry: false }) === undefined)
          await writeFileAtomic(file, zipApp(found, signal).parts);
        return packageFile(file);
      },
    };
  });
}
