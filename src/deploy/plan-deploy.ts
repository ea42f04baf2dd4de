import path from 'node:path';
import { type App, loaderUse, standardSite } from '../app/index.js';
import { type AppcmdXmlEntry, listSites } from '../appcmd/index.js';
import { requireServableFolder } from '../config/index.js';
import { UserError } from '../errors.js';
import { nearestName } from '../nearest-name.js';
import { commandLine, quoteForShell } from '../quoting.js';
import { addressAt, isSsh, readSshAddress, serverAddress } from '../ssh/index.js';
import { iisnodeSock, typedCommand } from '../typed-command.js';
import { completedVdirPath, type NamedVdirPath, vdirPathOf } from '../webconfig/index.js';
import { appFacts } from './app-facts.js';
import { isAzure } from './azure/address.js';
import { isBuilt } from './is-built.js';
import { bindingText, forLocalhost, readNewSite } from './new-site.js';
import { nameProblem } from './object-name.js';
import { installsOf } from './preflight/installs.js';
import { sameFolder } from './same-path.js';
import { isOfApp } from './site-root.js';
import type { DeployContext } from './step.js';
import { findApp, findSite, listEntries, same } from './steps/run-appcmd.js';
import { targetNameOf } from './targets/choose-target.js';
import { isExpress } from './targets/express/find-express.js';
import { isZip } from './targets/file-target.js';
import type { DeploymentRecord, DeployOptions, DeployPlan } from './types.js';

/**
 * Fills in the defaults and refuses what cannot work, before anything is changed.
 * @throws UserError: `usage` for wrong options, `refused` for what is impossible on the server.
 */
export function planDeploy(app: App, options: DeployOptions, port: number | undefined): DeployPlan {
  const asked = readNewSite(options, targetNameOf(options) === 'embedded');
  const newSite = asked !== undefined && isExpress(options.to) ? forLocalhost(asked) : asked;
  const siteName = newSite?.name ?? options.site ?? standardSite;
  const vdirPath = options.path === undefined ? completedVdirPath(app.place.vdirPath) : vdirPathOf(options.path);
  refuseSiteBesideNewSite(options, vdirPath);
  const { namedVdirPath: named } = app;
  if (named !== undefined && !same(named.path, vdirPath)) throw configuredFor(named, vdirPath, app, options);
  const builds = (entry: string): boolean => options.build !== false && isBuilt(app, entry);
  const facts = appFacts(app, options, builds);
  refuseLoaderElsewhere(app, facts.entry, vdirPath, options);
  requireServableFolder(facts.directory);
  const installs = installsOf(options);
  return {
    directory: facts.directory,
    siteName,
    vdirPath,
    poolName: poolNameOf(options.pool, vdirPath, siteName),
    ...(options.force === true && { changeSharedPool: true }),
    ...(newSite === undefined ? {} : { newSite }),
    entry: facts.entry,
    sections: facts.sections,
    serverVariables: facts.serverVariables,
    port,
    ...(facts.plainRoute === undefined ? {} : { plainRoute: facts.plainRoute }),
    logDirectory: facts.logDirectory,
    ...(installs.length > 0 && { installs }),
    build: builds(facts.entry),
    verify: options.verify !== false,
    ...(options.expect === undefined ? {} : { expect: options.expect }),
  };
}

/** An app that does not know its path depends on the loader, which has the path of the last init. */
function refuseLoaderElsewhere(app: App, entry: string, vdirPath: string, options: DeployOptions): void {
  const loader = loaderUse(app.folder, [{ name: entry }], (key) => app.configuration?.appSetting(key)?.value);
  if (loader === undefined) return;
  const isThere = app.namedVdirPath !== undefined || !loader.strips || same(loader.vdirPath, vdirPath);
  if (isThere && loader.missing === undefined) return;
  const next = `${iisnodeSock} init ${quoteForShell(options.directory)} --path ${quoteForShell(vdirPath)}, then deploy again`;
  if (loader.missing !== undefined) {
    throw new UserError('ENTRY_NOT_FOUND', {
      what: `${path.join(app.directory, loader.missing)} does not exist`,
      why: `${loader.name} loads it in a virtual directory, and the app is at ${vdirPath}`,
      next,
    });
  }
  throw new UserError('VDIR_PATH_MISMATCH', {
    what: `${app.directory} is configured for ${loader.vdirPath}, not for ${vdirPath}`,
    why: `${loader.name} removes its vdirPath from URLs: at another path the app does not see the URLs that it expects`,
    next,
  });
}

function configuredFor(named: NamedVdirPath, vdirPath: string, app: App, options: DeployOptions): UserError {
  return new UserError('VDIR_PATH_MISMATCH', {
    what: `${app.directory} is configured for ${named.path}, not for ${vdirPath}`,
    why: `the server reads its path from ${named.key} in web.config: at another path it answers 404`,
    next: `${iisnodeSock} init ${quoteForShell(options.directory)} --path ${quoteForShell(vdirPath)}, or ${atItsPath(named, options)}`,
  });
}

function atItsPath({ path: at }: NamedVdirPath, { to, directory }: DeployOptions): string {
  const address = isSsh(to) ? readSshAddress(to) : undefined;
  return address?.path === undefined
    ? `deploy it with ${commandLine('--path', [at], quoteForShell)}`
    : typedCommand(['deploy', directory, '--to', addressAt(address, at)]);
}

/** What is expected is checked by the look at the live app. @throws UserError EXPECT_NOT_CHECKED where there is none. */
export function refuseUncheckedExpect({ expect = [], verify }: DeployOptions, isLooked: boolean): void {
  if (expect.length === 0 || (isLooked && verify !== false)) return;
  throw new UserError('EXPECT_NOT_CHECKED', {
    what: '--expect needs the check of the live app',
    why: verify === false ? '--no-verify leaves that check out' : 'a file is written, and nothing is deployed now',
    next: `leave one of the two out; later: ${iisnodeSock} doctor URL --expect /path=200`,
    again: { without: [verify === false ? '--no-verify' : '--expect'] },
    exit: 'usage',
  });
}

/** @throws UserError INSTALL_NOT_THERE. */
export function refuseInstallElsewhere({ installOnServer, to }: DeployOptions): void {
  if (installOnServer !== true || isZip(to) || isAzure(to) || isSsh(to)) return;
  throw new UserError('INSTALL_NOT_THERE', {
    what: '--install-on-server is for servers elsewhere: --to FILE.zip, azure://APP or ssh://HOST',
    why: 'Here the server gets the packages of the app as they are in node_modules.',
    next: 'omit it',
  });
}

/** @throws UserError TIME_LIMIT_NOT_USED, BAD_TIME_LIMIT. */
export function refuseTimeLimit({ timeLimit, to }: DeployOptions): void {
  if (timeLimit === undefined || (isAzure(to) && timeLimit > 0)) return;
  const isUsed = isAzure(to);
  throw new UserError(isUsed ? 'BAD_TIME_LIMIT' : 'TIME_LIMIT_NOT_USED', {
    what: isUsed ? `a time limit of ${timeLimit} minutes is none` : '--time-limit is for --to azure://APP',
    why: isUsed ? 'Nothing could be waited for.' : 'Elsewhere each step has its own limit.',
    next: isUsed ? 'give a number above 0' : 'omit it',
  });
}

/**
 * A new site has the app at its root, so that no other folder is needed for it.
 * @param vdirPath undefined: it is not known yet.
 * @throws UserError NEW_SITE_AND_SITE, NEW_SITE_AT_ROOT.
 */
export function refuseSiteBesideNewSite(
  { site, newSite, directory, path: given, to }: DeployOptions,
  vdirPath: string | undefined,
): void {
  if (newSite === undefined) return;
  const address = isSsh(to) ? readSshAddress(to) : undefined;
  if (address?.site !== undefined) {
    throw new UserError('NEW_SITE_AND_SITE', {
      what: `--new-site and an address with the site "${address.site}" cannot be used together`,
      why: '--new-site creates a site for the app, the address names one that exists.',
      next: `omit --new-site, or give the address without its site: --to ${serverAddress(address)}`,
      again: { with: ['--to', serverAddress(address)] },
    });
  }
  if (site !== undefined) {
    throw new UserError('NEW_SITE_AND_SITE', {
      what: '--new-site and --site cannot be used together',
      why: '--new-site creates a site for the app, --site names one that exists.',
      next: 'omit one of them',
    });
  }
  if (vdirPath === undefined || vdirPath === '/') return;
  throw new UserError('NEW_SITE_AT_ROOT', {
    what: `a new site has the app at its root, and ${given === undefined ? 'this app is configured for' : '--path is'} ${vdirPath}`,
    why: 'An app with its own site needs no vdir path.',
    next:
      given === undefined
        ? `${iisnodeSock} init ${quoteForShell(directory)} --path /, or deploy it to an existing site with --site`
        : 'omit --path, or deploy it to an existing site with --site',
  });
}

function poolNameOf(given: string | undefined, vdirPath: string, siteName: string): string {
  // An invalid pool name is corrected only if the user did not choose it.
  const derived = (vdirPath === '/' ? siteName : vdirPath.slice(1).replaceAll('/', '-')).replace(
    /[|<>&"/[\]+=;:,?*@\\]/g,
    '-',
  );
  const name = given ?? derived.slice(0, 64);
  requirePoolName(name);
  return name;
}

/** @throws UserError BAD_POOL_NAME. */
export function requirePoolName(name: string): void {
  const problem = nameProblem('system.applicationHost/applicationPools', name);
  if (problem === undefined) return;
  throw new UserError('BAD_POOL_NAME', {
    what: `"${name}" is not a valid name for an application pool`,
    why: `IIS says: ${problem}`,
    next: 'give another one with --pool',
  });
}

type PlannedPlace = Pick<DeployPlan, 'siteName' | 'vdirPath' | 'newSite' | 'directory'>;

/**
 * Checks the conditions on the server before the first step.
 * @throws UserError SITE_NOT_FOUND, SITE_EXISTS, BINDING_TAKEN, SAME_FOLDER_TWICE, NOT_ELEVATED.
 */
export async function checkServer(context: DeployContext, plan: PlannedPlace): Promise<void> {
  const sites = await listEntries(context, listSites());
  if (plan.newSite !== undefined) {
    await checkNewSite(context, plan, sites);
    return;
  }
  if ((await findSite(context, plan)) === undefined) {
    const names = sites.map((site) => `"${site.name}"`).join(', ');
    const meant = nearestName(
      plan.siteName,
      sites.map((site) => site.name),
    );
    throw new UserError('SITE_NOT_FOUND', {
      what: `there is no site "${plan.siteName}"`,
      why: names === '' ? 'the server has no sites' : `the sites are ${names}`,
      next: `name one of them with --site, or let deploy create it: --new-site ${quoteForShell(plan.siteName)}`,
      ...(meant !== undefined && { again: { with: ['--site', meant] } }),
    });
  }
  if (plan.vdirPath === '/') return;
  const root = await findApp(context, { ...plan, vdirPath: '/' });
  if (root?.physicalPath !== undefined && sameFolder(root.physicalPath, plan.directory, context.environment)) {
    throw new UserError('SAME_FOLDER_TWICE', {
      what: `${plan.directory} is already the root folder of "${plan.siteName}"`,
      why: `IIS would read its web.config twice for ${plan.vdirPath}, and every entry in it would be a duplicate (500.19)`,
      next: 'deploy it with --path /, or move the app into a separate folder',
    });
  }
}

/** A site that deploy did not create, or has created for another folder, is not changed, and two started sites cannot have one binding. */
async function checkNewSite(
  { records, target, environment }: DeployContext,
  plan: PlannedPlace,
  sites: readonly AppcmdXmlEntry[],
): Promise<void> {
  const { siteName, vdirPath, newSite } = plan;
  const record = await records?.find(target.name, siteName, vdirPath);
  const isOfThisApp = record?.siteCreated === true && isOfApp(record, plan, environment);
  if (!isOfThisApp && sites.some(({ name }) => same(name, siteName))) throw siteExists(siteName, record);
  for (const binding of newSite?.bindings.map(bindingText) ?? []) {
    const holder = sites.find(
      (site) => !same(site.name, siteName) && site.get('bindings')?.toLowerCase().split(',').includes(binding),
    );
    if (holder === undefined) continue;
    throw new UserError('BINDING_TAKEN', {
      what: `the site "${holder.name}" has the binding ${binding}`,
      why: 'IIS cannot start two sites with the same binding.',
      next: 'give the new site another port or host name with --binding',
      exit: 'refused',
    });
  }
}

const siteExists = (siteName: string, record: DeploymentRecord | undefined): UserError =>
  new UserError('SITE_EXISTS', {
    what: `the site "${siteName}" already exists${record?.siteCreated === true ? `: deploy has created it for ${record.directory}` : ''}`,
    why:
      record?.siteCreated === true
        ? 'This app would replace that one.'
        : 'Deploy did not create it, so its bindings and its folder are not changed.',
    next: `deploy the app to it with ${commandLine('--site', [siteName], quoteForShell)}, which replaces what it serves; or give the new site another name`,
    exit: 'refused',
  });
