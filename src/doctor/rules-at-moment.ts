import type { App, LoaderNeed } from '../app/index.js';
import { UserError } from '../errors.js';
import type { FileError } from '../files/index.js';
import { allowancesOf } from './allow/allowances.js';
import { markSilenced } from './allow/silence.js';
import { runRules, type Selection } from './engine.js';
import { type AdapterUse, adapterUse } from './facts/adapter.js';
import { gatherAppFacts } from './facts/gather.js';
import { checkedMachines } from './facts/machines.js';
import { appTransports } from './facts/processes.js';
import { upgradesOf } from './facts/realtime.js';
import { type UnbuiltClient, unbuiltClients } from './facts/unbuilt-clients.js';
import { loaderNeed } from './loader-need.js';
import { rules } from './rules/index.js';
import { severityRank } from './severity.js';
import type { FileFacts, Finding } from './types.js';

/** For another command that runs the doctor's rules. */
export type Moment = 'init' | 'deploy' | 'azure' | 'serve';

interface MomentRules extends Selection {
  /** Which of their findings are certain enough to show here. */
  readonly isReported: (finding: Finding) => boolean;
}

const always = (): boolean => true;
/** Whether the server unlocks a section, or has the module that declares it, is checked during the deployment. */
const isCertain = ({ rule, severity }: Finding): boolean => rule !== 'CONFIG_ERROR' || severity === 'error';

/** What a deployment itself makes right: it builds, and packs the packages or has them installed on the server. */
const madeByDeploy: readonly string[] = ['ENTRY_NOT_BUILT', 'SERVED_FOLDER_NOT_BUILT', 'DEPENDENCIES_NOT_INSTALLED'];
/** Whose warnings a deployment shows, too; it refuses the errors of every rule. */
const deployRules: readonly string[] = [
  'DUPLICATE_ENTRY',
  'CONFIG_ERROR',
  'SOCKET_REQUESTS_REFUSED',
  'POLLING_WITHOUT_STICKY_SESSIONS',
  'PROCESSES_WITHOUT_ADAPTER',
  'VDIR_PATH_NOT_SAID',
  'FILE_UNREADABLE',
];
const azureRules: readonly string[] = [
  'NODE_TOO_OLD',
  'NODE_IN_USER_PROFILE',
  'COMMAND_LINE_NOT_NODE',
  'CONNECTION_STRING_IS_EXAMPLE',
  'DEBUGGER_IN_PRODUCTION',
  'DEV_ERRORS_IN_PRODUCTION',
  'LOGS_SERVED',
];

const concerns = (finding: Finding, shown: readonly string[]): boolean =>
  isCertain(finding) && (finding.severity === 'error' || shown.includes(finding.rule));

/** The rules for each command: what the user must know before it continues. */
const moments: Readonly<Record<Moment, MomentRules>> = {
  // init itself names npm install and the build as the next steps.
  init: { skip: ['DEPENDENCIES_NOT_INSTALLED', 'ENTRY_NOT_BUILT', 'SERVED_FOLDER_NOT_BUILT'], isReported: isCertain },
  deploy: { skip: madeByDeploy, isReported: (finding) => concerns(finding, deployRules) },
  // App Service is production, and its worker has no folders of a user.
  azure: { skip: madeByDeploy, isReported: (finding) => concerns(finding, [...deployRules, ...azureRules]) },
  serve: {
    only: ['WEB_CONFIG_NOT_FOUND', 'VDIR_PATH_MISMATCH', 'VDIR_PATH_NOT_SAID', 'ENTRY_NOT_BUILT', 'FILE_UNREADABLE'],
    isReported: always,
  },
};

/**
 * The findings of the selected rules in an app's folder; empty where there is nothing to check, which the command reports itself.
 *
 * @throws UserError MACHINES_INVALID.
 */
export function runRulesAt(moment: Moment, app: App, machines?: number): readonly Finding[] {
  checkedMachines(machines);
  try {
    return findingsAt(moment, gatherAppFacts(app, machines, moment === 'serve'));
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function findingsAt(moment: Moment, facts: FileFacts): readonly Finding[] {
  const { isReported, ...selection } = moments[moment];
  return findingsOf(facts, selection)
    .filter(isReported)
    .sort((one, other) => severityRank[one.severity] - severityRank[other.severity]);
}

/** What the selected rules find, without what the app's files allow. */
export function findingsOf(facts: FileFacts, selection: Selection): readonly Finding[] {
  const { diagnoses } = runRules(rules, facts, selection);
  return markSilenced(diagnoses, allowancesOf(facts))
    .map(({ finding }) => finding)
    .filter((finding) => finding.silenced === undefined);
}

/** What init needs to know of the app as it will be. */
export interface PlannedAppFacts {
  readonly findings: readonly Finding[];
  /** From the options of the app's servers; undefined where a server has no such option, or its value cannot be read. */
  readonly transports: readonly string[] | undefined;
  readonly adapter: AdapterUse;
  readonly loader: LoaderNeed;
  /** Where the app may take upgrades to WebSocket, if not just at socket.io's usual URL. */
  readonly upgrades: 'any' | 'none' | undefined;
  /** What the server serves and a build has to create. */
  readonly unbuilt: readonly UnbuiltClient[];
  /** Files that could not be read. */
  readonly unread: readonly FileError[];
}

/** Checks an app as it will be: the findings for init, and what the code says about what init writes into web.config. */
export function checkPlannedApp(app: App): PlannedAppFacts {
  const facts = gatherAppFacts(app);
  return {
    findings: findingsAt('init', facts),
    transports: appTransports(facts),
    adapter: adapterUse(facts),
    loader: loaderNeed(facts),
    upgrades: upgradesOf(facts),
    unbuilt: unbuiltClients(facts),
    unread: facts.query.unread(),
  };
}
