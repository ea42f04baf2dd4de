import { type App, type Assumption, assumptionsOf } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { checkedOptions } from '../check-options.js';
import {
  appOfDeployment,
  type CheckApp,
  type DeployWarning,
  deployWithWarnings,
  hasSite,
  isSame,
} from '../deploy-with-warnings.js';
import { placedBySsh } from '../over-ssh/place.js';
import { planDeploy } from '../plan-deploy.js';
import { rollback } from '../releases/rollback.js';
import { runPlan } from '../run-plan.js';
import { requireTargets } from '../server-names.js';
import { localSteps } from '../steps/index.js';
import { chooseTarget } from '../targets/choose-target.js';
import { isFileTarget } from '../targets/file-target.js';
import { freshIis, freshServer, typedAppcmd } from '../targets/fresh-server.js';
import type { DeployEvent, DeployOptions, DeployResult } from '../types.js';
import { undeploy } from '../undeploy.js';
import { type BackActions, fileBefore, putBack } from './put-back.js';
import { knownErrors } from './rollback-farm.js';
import { type FarmRun, type FarmTalk, runFarm, type ServerWork } from './run-farm.js';

/** What the doctor says of an app that runs on several servers: deploy has no rules of its own. */
export interface FarmFacts {
  /** Why its clients would be apart: no adapter connects the servers. */
  readonly apart: DeployWarning | undefined;
  /** Its clients may use polling, which needs one server for all requests of a session. */
  readonly polls: boolean;
}

export interface FarmRequest {
  /** As for one server. */
  readonly options: Omit<DeployOptions, 'to'>;
  /** The servers, as in `--to`; at least two. */
  readonly servers: readonly string[];
  readonly parallel?: number;
  readonly keepGoing?: boolean;
}

/** What commands and the library hand in. */
export interface FarmRules {
  readonly checkApp: CheckApp;
  readonly farmFacts: (app: App) => FarmFacts;
}

export interface DeployFarmTalk extends FarmTalk<DeployResult> {
  event(server: string, event: DeployEvent): void;
  warning(warning: DeployWarning): void;
  assumed(values: readonly Assumption[]): void;
  /** For the load balancer in front of them. */
  note(sentence: string): void;
}

/** What does the work on one server; stand-ins in tests. */
export interface FarmActions extends BackActions {
  deploy(options: DeployOptions, checkApp?: CheckApp, report?: (event: DeployEvent) => void): Promise<DeployResult>;
}

export interface DeployFarmResult extends FarmRun<DeployResult> {
  readonly warnings: readonly DeployWarning[];
}

const real: FarmActions = {
  deploy: (options, checkApp = () => [], report = () => undefined) =>
    deployWithWarnings(options, checkApp, { event: report, warning: () => undefined, assumed: () => undefined }),
  rollback: (options) => rollback(options),
  undeploy: (options) => undeploy(options),
};

/**
 * Deploys an app to several servers: it is built once, then each server is deployed to and verified before the next one (`parallel` at a
 * time). All or nothing, as `runFarm` does it, but with `keepGoing`.
 * @throws UserError FARM_WITHOUT_ADAPTER, SERVER_TWICE; what a wrong option or app throws for one server. What happens on a server is in the result.
 */
export async function deployFarm(
  request: FarmRequest,
  rules: FarmRules,
  talk: DeployFarmTalk,
  actions: FarmActions = real,
): Promise<DeployFarmResult> {
  const { options, servers, parallel = 1, keepGoing = false } = request;
  requireTargets(servers);
  for (const to of servers) checkedOptions({ ...options, to });
  const { signal = new AbortController().signal, dryRun = false, ...rest } = options;
  const first = placedBySsh({ ...rest, dryRun, signal, ...(servers[0] !== undefined && { to: servers[0] }) });
  if (!dryRun) refuseUnknown(servers, { ...rest, signal });
  const { app, faults, recorded } = await appOfDeployment(first, rules.checkApp);
  const site = servers.some(hasSite) ? { asked: first.site ?? options.newSite, recorded } : undefined;
  talk.assumed(assumptionsOf({ place: app.place, site, entry: app.entry }));
  for (const warning of faults) talk.warning(warning);
  reportOnApp(app, request, rules, talk);
  const isBuilt = await buildOnce(app, first, (event) => talk.event('', event));
  const further = isBuilt ? (await appOfDeployment(first, rules.checkApp)).faults : [];
  const later = further.filter((one) => !faults.some((known) => isSame(known, one)));
  for (const warning of later) talk.warning(warning);
  const works = servers.map((to) => workOn({ ...rest, dryRun, to, build: false }, rules.checkApp, talk, actions));
  const run = await runFarm(works, { parallel, keepGoing, signal, dryRun }, talk);
  return { ...run, warnings: [...faults, ...later] };
}

/** A name that is no target is found before the first server is changed. @throws UserError UNKNOWN_TARGET, IIS_NOT_FOUND. */
function refuseUnknown(servers: readonly string[], options: Omit<DeployOptions, 'to'> & { signal: AbortSignal }): void {
  for (const to of servers) {
    if (!isFileTarget(to) && !/^[a-z]+:\/\//i.test(to)) chooseTarget({ ...options, to }, options.signal);
  }
}

/** @throws UserError FARM_WITHOUT_ADAPTER. */
function reportOnApp(
  app: App,
  { options, servers }: FarmRequest,
  { farmFacts }: FarmRules,
  talk: DeployFarmTalk,
): void {
  const count = servers.filter((server) => !isFileTarget(server)).length;
  if (count < 2) return;
  const { apart, polls } = farmFacts(app);
  if (apart !== undefined && options.force !== true) {
    throw new UserError('FARM_WITHOUT_ADAPTER', {
      what: `the app would run on ${count} servers, and nothing connects them; nothing was changed`,
      why: `${apart.message} (${apart.rule})`,
      next: `${apart.fix ?? 'attach an adapter'}; or deploy it as it is with --force`,
      exit: 'refused',
    });
  }
  if (polls) {
    talk.note(
      "clients may poll: the load balancer in front of the servers must send all requests of a client to one server (in ARR: Client affinity of the server farm), else polls get 400; or set transports: ['websocket'] on both ends",
    );
  }
}

/** Runs the app's build here, before the first server; no server builds it again. */
async function buildOnce(app: App, options: DeployOptions, report: (event: DeployEvent) => void): Promise<boolean> {
  const plan = planDeploy(app, options, undefined);
  if (plan.build !== true) return false;
  const { signal, environment, dryRun = false } = options;
  const context = freshServer(plan, { target: freshIis(undefined), appcmdLine: typedAppcmd, signal, environment });
  await runPlan(localSteps, context, plan, report, { dryRun });
  return !dryRun;
}

function workOn(
  options: DeployOptions & { readonly to: string },
  checkApp: CheckApp,
  talk: DeployFarmTalk,
  actions: FarmActions,
): ServerWork<DeployResult> {
  const { to: server } = options;
  let file: Buffer | undefined;
  return {
    server,
    async act(signal) {
      file = options.dryRun === true ? undefined : await fileBefore(server);
      return knownErrors(actions.deploy({ ...options, signal }, checkApp, (event) => talk.event(server, event)));
    },
    undo: (result) => knownErrors(putBack(result, options, file, actions)),
  };
}
