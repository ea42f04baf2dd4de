import path from 'node:path';
import { findAppcmdExe } from '../appcmd/index.js';
import { isSsh } from '../ssh/index.js';
import { vdirPathOf } from '../webconfig/index.js';
import { isAzure } from './azure/address.js';
import { refuseServerOptions } from './azure/refuse-options.js';
import { readNewSite } from './new-site.js';
import { placedBySsh } from './over-ssh/place.js';
import { refuseNotOverSsh } from './over-ssh/refuse.js';
import {
  refuseInstallElsewhere,
  refuseSiteBesideNewSite,
  refuseTimeLimit,
  refuseUncheckedExpect,
  requirePoolName,
} from './plan-deploy.js';
import { installsOf, packagesOf, requireMsi } from './preflight/installs.js';
import { checkReleaseOptions } from './releases/plan-release.js';
import { requireTargets } from './server-names.js';
import { targetNameOf } from './targets/choose-target.js';
import { isFileTarget, isScript, isZip } from './targets/file-target.js';
import { refuseServerPath } from './targets/fresh-server.js';
import { refusePort } from './targets/open-target.js';
import { requireWritableFolder } from './targets/writable-folder.js';
import { packageThere } from './targets/zip.js';
import type { DeployOptions } from './types.js';

/** A dry run for IIS where there is none: the commands for a new one. */
export const isForFreshIis = ({ to, dryRun, appcmd, environment = process.env }: DeployOptions): boolean =>
  to === 'iis' && dryRun === true && appcmd === undefined && findAppcmdExe(environment) === undefined;

/**
 * Refuses the options that are wrong whatever the app is, and whatever is on the server: before either is examined.
 * @returns the options, with the site and the path of an ssh address.
 * @throws UserError (usage), a code for each option.
 */
export function checkedOptions(asked: DeployOptions): DeployOptions {
  requireTargets([asked.to]);
  const options = placedBySsh(asked);
  const toFile = isFileTarget(options.to);
  const isFreshIis = isForFreshIis(options);
  refuseUncheckedExpect(options, !toFile);
  refuseInstallElsewhere(options);
  refuseTimeLimit(options);
  checkReleaseOptions(options, isZip(options.to) ? 'package' : toFile || isFreshIis ? 'script' : 'server');
  refuseServerPath(options.serverPath, isFreshIis);
  refuseForTarget(options);
  refuseWrongPlace(options);
  return options;
}

/** What this target cannot have. */
function refuseForTarget(options: DeployOptions): void {
  const { to } = options;
  if (isAzure(to)) refuseServerOptions(options);
  else if (isSsh(to)) refuseNotOverSsh(options);
  else if (targetNameOf(options) !== 'embedded') refusePort(options);
  if (isSsh(to)) for (const { file, from } of packagesOf(options)) requireMsi(path.resolve(file), from);
  else if (!isAzure(to)) installsOf(options);
  if (isZip(to)) packageThere(path.resolve(to), to);
  if (isScript(to)) requireWritableFolder(path.resolve(to), 'SCRIPT_FOLDER_NOT_FOUND');
}

function refuseWrongPlace(options: DeployOptions): void {
  const vdirPath = options.path === undefined ? undefined : vdirPathOf(options.path);
  readNewSite(options, targetNameOf(options) === 'embedded');
  refuseSiteBesideNewSite(options, vdirPath);
  if (options.pool !== undefined) requirePoolName(options.pool);
}
