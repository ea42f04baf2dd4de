import {
  type DeployEvent,
  type DeployResult,
  type EmbeddedStatus,
  status as embeddedStatus,
  listReleases,
  type ReleaseList,
  type ReleasesOptions,
  type RollbackOptions,
  rollback as rollbackApp,
  type UndeployOptions,
  type UndeployResult,
  undeploy as undeployApp,
} from '../deploy/index.js';
import { openHome } from '../host/index.js';
import { type OptionNames, refuseUnknownOptions } from '../known-options.js';
import {
  type ActionOptions,
  environmentOf,
  everyAction,
  folderOf,
  interruptible,
  type Versioned,
  versioned,
} from './action.js';

type LibraryUndeployOptions = ActionOptions & UndeployOptions;
const undeployOptions: OptionNames<LibraryUndeployOptions> = {
  ...everyAction,
  to: true,
  site: true,
  onWait: true,
  dryRun: true,
  appcmd: true,
};

/** Removes a deployment. */
export async function undeploy(given: LibraryUndeployOptions = {}): Promise<Versioned<UndeployResult>> {
  refuseUnknownOptions('undeploy', given, undeployOptions);
  const { directory: _folder, onEvent: _none, ...options } = given;
  const from = deploymentFolder(given);
  const named = { ...options, ...from, environment: environmentOf(options) };
  return versioned(await interruptible(options.signal, () => undeployApp(named)));
}

/** An application that is given by its path may have been deployed from any folder. */
const deploymentFolder = ({ directory, path: vdirPath }: Pick<ActionOptions, 'directory' | 'path'>) =>
  directory === undefined && vdirPath !== undefined ? {} : { directory: folderOf(directory) };

type LibraryRollbackOptions = ActionOptions<DeployEvent> & RollbackOptions;
const rollbackOptions: OptionNames<LibraryRollbackOptions> = {
  ...everyAction,
  to: true,
  site: true,
  release: true,
  dryRun: true,
  verify: true,
  expect: true,
  appcmd: true,
};

/** Makes a kept release live again, all or nothing; the one before the live one by default. Throws UserError; DeployFailed as `deploy`. */
export async function rollback(given: LibraryRollbackOptions = {}): Promise<Versioned<DeployResult>> {
  refuseUnknownOptions('rollback', given, rollbackOptions);
  const { onEvent, ...options } = given;
  const named = { ...options, ...deploymentFolder(options), environment: environmentOf(options) };
  return versioned(await interruptible(options.signal, () => rollbackApp(named, (event) => onEvent?.(event))));
}

type LibraryReleasesOptions = Omit<ActionOptions, 'signal' | 'onEvent'> & ReleasesOptions;
const releasesOptions: OptionNames<LibraryReleasesOptions> = {
  directory: true,
  path: true,
  environment: true,
  to: true,
  site: true,
  appcmd: true,
};

/** The kept releases of an app, newest first, with the outcome of the last deployment of each. Throws UserError NOT_DEPLOYED, NO_RELEASES. */
export async function releases(options: LibraryReleasesOptions = {}): Promise<Versioned<ReleaseList>> {
  refuseUnknownOptions('releases', options, releasesOptions);
  const named = { ...options, ...deploymentFolder(options), environment: environmentOf(options) };
  return versioned(await listReleases(named));
}

/** The embedded IIS, and IIS where this machine has one: sites, applications, pools, and what deploy has deployed, with the last line of its journal. */
export async function status(options: Pick<ActionOptions, 'environment'> = {}): Promise<Versioned<EmbeddedStatus>> {
  refuseUnknownOptions('status', options, { environment: true });
  return versioned(await embeddedStatus(openHome(environmentOf(options))));
}
