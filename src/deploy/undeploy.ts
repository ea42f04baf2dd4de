import { existsSync } from 'node:fs';
import path from 'node:path';
import { standardSite } from '../app/index.js';
import { UserError } from '../errors.js';
import { requireFolder } from '../files/index.js';
import { type Home, openHome, requireHome } from '../host/index.js';
import { quoteForCmd } from '../quoting.js';
import { isSsh } from '../ssh/index.js';
import { typedCommand } from '../typed-command.js';
import { vdirPathOf } from '../webconfig/index.js';
import { deploymentRecords } from './all-records.js';
import { azureAddress, isAzure } from './azure/address.js';
import { adviceOnApps, type DeployedCommand } from './deployed-apps.js';
import { undeployOverSsh } from './over-ssh/commands.js';
import { journalFolder } from './releases/base-folder.js';
import { entryOf, type FarRequest, writeEntry } from './releases/journalled.js';
import { withLiveRelease } from './releases/live-release.js';
import { type RemovableApp, removeApp } from './remove-app.js';
import { withAppLock, withServerLock } from './server-lock.js';
import { requireTargets } from './server-names.js';
import type { DeployContext } from './step.js';
import { same } from './steps/run-appcmd.js';
import { chooseTarget, targetNameOf } from './targets/choose-target.js';
import { isFileTarget, isPowerShell, isZip } from './targets/file-target.js';
import type { DeploymentRecord, UndeployOptions, UndeployResult } from './types.js';

/**
 * Removes an app: the application (a site's root, or one that existed before, gets its former folder and pool again), its pool if
 * deploy created it and no other application uses it, and the background host if deploy started it and no app is left; the site gets
 * its former binding again when its last app is removed. Rights that deploy gave are removed. Sections stay
 * unlocked and files stay: others may depend on them. Does nothing when nothing is deployed.
 * Waits for another deploy or undeploy that is running; a dry run does not, and writes nothing. Where the configuration of the embedded IIS cannot be read, its host is
 * stopped (every answer would be 500.19), and the application stays; the same for its last app where the home cannot be written.
 * @param far The request of another machine that it is.
 * @throws UserError when appcmd refuses, when the application is not found or ambiguous, or when it stays.
 */
export async function undeploy(asked: UndeployOptions = {}, far?: FarRequest): Promise<UndeployResult> {
  requireTargets([asked.to]);
  if (isSsh(asked.to)) return undeployOverSsh(asked);
  const options = asked.path === undefined ? asked : { ...asked, path: vdirPathOf(asked.path) };
  const environment = options.environment ?? process.env;
  const home = openHome(environment);
  requireHome(home);
  if (isAzure(options.to)) throw notFromAzure(options.to);
  if (isFileTarget(options.to)) throw isZip(options.to) ? notFromZip(options.to) : notFromScript(options.to);
  const standard = targetNameOf({ environment, ...(options.appcmd && { appcmd: options.appcmd }) });
  // A home that was never used is not created.
  if (!existsSync(home.directory) && (options.to ?? standard) === 'embedded') return undeployWithoutHome(options, home);
  const { signal = new AbortController().signal, onWait = () => undefined } = options;
  const command = `undeploy ${options.path ?? directoryOf(options)}`;
  try {
    const target = options.to ?? (await findDeployment(options, home)).record?.target ?? standard;
    const locked = { ...options, to: target };
    if (options.dryRun === true) return await remove(locked, home, standard);
    return await withServerLock(home, { command, target, signal, onWait }, () => remove(locked, home, standard, far));
  } catch (problem) {
    if (options.dryRun === true) throw problem;
    throw await stoppedAtLeast(problem, options, home);
  }
}

async function remove(
  options: UndeployOptions,
  home: Home,
  standard: string,
  far?: FarRequest,
): Promise<UndeployResult> {
  const { record, vdirPath } = await findDeployment(options, home);
  const to = options.to ?? record?.target ?? standard;
  const { context } = chooseTarget({ ...options, to }, new AbortController().signal);
  const siteName = options.site ?? record?.site ?? standardSite;
  if (vdirPath === undefined) return nothingRemoved(to, siteName, '', await nothingFrom(directoryOf(options), home));
  const known = record && (await withLiveRelease(record, context));
  const app = { siteName, vdirPath, record: known, siteNamed: options.site !== undefined };
  const { signal = new AbortController().signal, onWait = () => undefined, environment } = options;
  const place = { target: context.target.name, home, source: record?.directory, ...(environment && { environment }) };
  const journal = journalFolder(app, place, record);
  if (options.dryRun === true) return removeApp(context, app, true);
  const work = (): Promise<UndeployResult> => removeAndRecord(context, app, journal, onWait, far);
  const base = record?.releases?.base;
  if (base === undefined) return work();
  return withAppLock(base, { command: `undeploy ${vdirPath}`, signal, onWait }, work);
}

/** The journal stays: who removed the app, and when, is its last line. */
async function removeAndRecord(
  context: DeployContext,
  app: RemovableApp,
  journal: string | undefined,
  report: (sentence: string) => void,
  far: FarRequest | undefined,
): Promise<UndeployResult> {
  if (journal === undefined) return removeApp(context, app);
  const began = performance.now();
  const { record } = app;
  const release = record?.releases?.live;
  const what = release === undefined ? record && { folder: record.directory } : { release };
  const subject = { command: 'undeploy', ...what, ...(far && { deployment: far.deployment }) } as const;
  const write = (outcome: 'done' | 'incomplete'): void =>
    writeEntry(journal, entryOf(subject, { plan: [], outcome }, began), (why) => report(`the journal is ${why}`));
  const result = await followed({ context, app, far, base: journal, release }, () => write('incomplete'));
  if (result.changed) write('done');
  return result;
}

/** Removes an app, perhaps for another machine: the client that asks after a cut has not heard the error. */
async function followed(
  {
    context,
    app,
    far,
    base,
    release,
  }: {
    readonly context: DeployContext;
    readonly app: RemovableApp;
    readonly far: FarRequest | undefined;
    readonly base: string;
    readonly release: string | undefined;
  },
  failed: () => void,
): Promise<UndeployResult> {
  if (far === undefined) return removeApp(context, app);
  let isChanged = false;
  await far.begins(base, release);
  try {
    return await removeApp(context, app, false, () => {
      isChanged = true;
    });
  } catch (error) {
    if (isChanged) failed();
    throw error;
  } finally {
    if (!isChanged) await far.changedNothing().catch(() => undefined); // it is asked for only after a cut
  }
}

/**
 * Where the home cannot be written (a full disk), the application stays. The host is still stopped if no other app is deployed to it.
 * Returns the error to throw.
 */
async function stoppedAtLeast(problem: unknown, options: UndeployOptions, home: Home): Promise<unknown> {
  if (!(problem instanceof UserError) || problem.code !== 'HOME_NOT_WRITABLE') return problem;
  const { record } = await findDeployment(options, home);
  if (record?.target !== 'embedded' || record.hostStarted !== true) return problem;
  const records = await deploymentRecords(home).all();
  if (records.filter(({ target }) => target === 'embedded').length > 1) return problem;
  const { target } = chooseTarget({ ...options, to: 'embedded' }, new AbortController().signal).context;
  const stopped = (await target.host?.stop(record.site)) === true;
  return new UserError(problem.code, {
    what: `${record.path} of "${record.site}" cannot be removed${stopped ? '; the embedded IIS was stopped' : ''}`,
    why: `${problem.what}: ${problem.why}`,
    next: problem.next,
    exit: 'refused',
    cause: problem,
  });
}

const directoryOf = ({ directory }: FindOptions): string => path.resolve(directory ?? '.');

const nothingRemoved = (target: string, site: string, vdirPath: string, said: string): UndeployResult => ({
  target,
  site,
  path: vdirPath,
  changed: false,
  commands: [],
  said: [said],
});

async function undeployWithoutHome(options: UndeployOptions, home: Home): Promise<UndeployResult> {
  const { vdirPath } = await findDeployment(options, home);
  const said =
    vdirPath === undefined
      ? await nothingFrom(directoryOf(options), home)
      : `no application ${vdirPath}: nothing was ever deployed to ${home.directory}`;
  return nothingRemoved('embedded', options.site ?? standardSite, vdirPath ?? '', said);
}

/** What names a deployment. */
type FindOptions = Pick<UndeployOptions, 'directory' | 'to' | 'site' | 'path'> & {
  /** The one that asks; default: undeploy. */
  readonly command?: DeployedCommand;
};

interface Found {
  readonly record: DeploymentRecord | undefined;
  /** undefined: nothing is deployed from the folder. */
  readonly vdirPath: string | undefined;
}

/** Finds the deployment: by target, site and path where they are given, by the folder where it is given or no path is. */
export async function findDeployment(options: FindOptions, home: Home): Promise<Found> {
  const records = await deploymentRecords(home).all();
  const { path: vdirPath } = options;
  const named = records.filter(
    (record) =>
      (options.to === undefined || record.target === options.to) &&
      (options.site === undefined || same(record.site, options.site)) &&
      (vdirPath === undefined || same(record.path, vdirPath)),
  );
  const byFolder = options.directory !== undefined || vdirPath === undefined;
  const directory = directoryOf(options);
  const fitting = byFolder ? named.filter((record) => path.resolve(record.directory) === directory) : named;
  const command = options.command ?? 'undeploy';
  if (fitting.length > 1) throw ambiguous(fitting, command);
  const [record] = fitting;
  if (record !== undefined) return { record, vdirPath: record.path };
  // A folder that no longer exists is fine if it has a record; otherwise it is a mistake.
  if (byFolder) {
    const { deployed, next } = adviceOnApps(command, directory, records);
    requireFolder(directory, { also: `Nothing was deployed from it. ${deployed}`, next });
  }
  const [other] = named;
  if (byFolder && vdirPath !== undefined && other !== undefined) throw ofOtherFolder(other, directory, command);
  return { record: undefined, vdirPath };
}

/** For a folder that is deployed elsewhere, or that another deployment has replaced: that deployment. */
async function nothingFrom(directory: string, home: Home): Promise<string> {
  const records = await deploymentRecords(home).all();
  const elsewhere = records.find((record) => path.resolve(record.directory) === directory);
  if (elsewhere !== undefined) {
    return `nothing is deployed from ${directory} there: it is ${elsewhere.path} of "${elsewhere.site}" (${elsewhere.target})`;
  }
  const replacedBy = records.find(({ displaced }) => displaced?.some((one) => path.resolve(one) === directory));
  return `nothing is deployed from ${directory}${
    replacedBy === undefined
      ? ''
      : `: ${replacedBy.path} of "${replacedBy.site}" is ${replacedBy.directory} now (${typedCommand(['undeploy', replacedBy.directory])} removes it)`
  }`;
}

const ambiguous = (fitting: readonly DeploymentRecord[], command: DeployedCommand): UserError =>
  new UserError('UNDEPLOY_AMBIGUOUS', {
    what: 'this app is deployed more than once',
    why: fitting.map((record) => `${record.path} of "${record.site}" (${record.target})`).join(', '),
    next: `choose one: ${fitting
      .slice(0, mostChoices)
      .map(({ target, site, path: at }) => typedCommand([command, '--to', target, '--site', site, '--path', at]))
      .join('; or ')}`,
  });

/** As many are typed out in an error. */
const mostChoices = 4;

const ofOtherFolder = (record: DeploymentRecord, directory: string, command: DeployedCommand): UserError =>
  new UserError('UNDEPLOY_OTHER_FOLDER', {
    what: `${record.path} of "${record.site}" is not deployed from ${directory}`,
    why: `It is deployed from ${record.directory}.`,
    next: `use one of the two: ${typedCommand([command, '--path', record.path])}, or ${typedCommand([command, ...(command === 'rollback' ? ['--dir'] : []), directory])}`,
  });

const notFromAzure = (to: string): UserError => {
  const { app, slot } = azureAddress(to);
  const names = `--resource-group GROUP --name ${app}${slot === undefined ? '' : ` --slot ${slot}`}`;
  return new UserError('UNDEPLOY_FROM_AZURE', {
    what: `undeploy cannot remove an app from App Service`,
    why: 'Kudu removes no deployment that is live, and App Service serves what is in wwwroot.',
    next: `stop it: az webapp stop ${names}; or remove it: az webapp ${slot === undefined ? '' : 'deployment slot '}delete ${names}`,
  });
};

const notFromZip = (to: string): UserError =>
  new UserError('UNDEPLOY_FROM_ZIP', {
    what: `undeploy cannot undo what became of ${to}`,
    why: 'The package was given to another server, which is unknown here.',
    next: 'remove the app there: in App Service delete the files below site/wwwroot, or the app itself',
  });

const notFromScript = (to: string): UserError => {
  const name = quoteForCmd(path.basename(to));
  return new UserError('UNDEPLOY_FROM_SCRIPT', {
    what: `undeploy cannot undo what ${to} did`,
    why: 'The script runs on another server, which is unknown here.',
    next: `on that server, in an elevated prompt: ${isPowerShell(to) ? `powershell -ExecutionPolicy Bypass -File ${name}` : name} undo`,
  });
};
