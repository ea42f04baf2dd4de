import { rm } from 'node:fs/promises';
import { UserError } from '../../errors.js';
import { readIfThere, writeFileAtomic } from '../../files/index.js';
import { isSsh } from '../../ssh/index.js';
import { rollbackAzure } from '../azure/rollback.js';
import { serveFolderOverSsh } from '../over-ssh/commands.js';
import { isFileTarget } from '../targets/file-target.js';
import type { DeployOptions, DeployResult, RollbackOptions, UndeployOptions } from '../types.js';

/** What brings a server back; stand-ins in tests. */
export interface BackActions {
  deploy(options: DeployOptions): Promise<unknown>;
  rollback(options: RollbackOptions): Promise<unknown>;
  undeploy(options: UndeployOptions): Promise<unknown>;
  /** Serves a folder of a server elsewhere again; over ssh by default. */
  serveFolder?(options: DeployOptions): Promise<unknown>;
}

/** Larger packages are not kept in memory. */
const mostKept = 512 * 1024 * 1024;

/** The content of the file that a deployment will write; undefined: it writes none, or the file is new. */
export const fileBefore = async (to: string | undefined): Promise<Buffer | undefined> =>
  isFileTarget(to) ? readIfThere(to, mostKept) : undefined;

/**
 * Puts back what was there before a deployment: the former release, the folder that was served in place, or nothing.
 * @param file The former content of the file that it wrote.
 * @throws UserError NOT_PUT_BACK; what the rollback or the undeploy throws.
 */
export async function putBack(
  result: Pick<DeployResult, 'changed' | 'before' | 'plan' | 'file' | 'azure'>,
  options: DeployOptions,
  file: Buffer | undefined,
  actions: BackActions,
): Promise<void> {
  if (!result.changed) return;
  if (result.file !== undefined) {
    await (file === undefined ? rm(result.file, { force: true }) : writeFileAtomic(result.file, file));
    return;
  }
  if (result.azure !== undefined) {
    // A slot that was not swapped serves no user.
    const { slot, swapped, before: release } = result.azure;
    if (slot !== undefined && !swapped) return;
    if (slot === undefined && release === undefined) throw nothingWasThere(result.azure.app);
    const { to = '', environment, verify } = options;
    await rollbackAzure({
      to,
      ...(release !== undefined && { release }),
      ...(environment && { environment }),
      ...(verify !== undefined && { verify }),
    });
    return;
  }
  const { before, plan } = result;
  const { environment, appcmd, to, verify } = options;
  const at = {
    site: plan.siteName,
    path: plan.vdirPath,
    ...(to === undefined ? {} : { to }),
    ...(environment && { environment }),
    ...(appcmd && { appcmd }),
  };
  if (before?.was === 'nothing') await actions.undeploy(at);
  else if (before?.was === 'release') {
    await actions.rollback({ ...at, release: before.release, ...(verify === undefined ? {} : { verify }) });
  } else if (before?.was === 'folder' && plan.release !== undefined) {
    const {
      releases: _copies,
      releasesDirectory: _folder,
      newSite: _site,
      binding: _binding,
      certificate: _tls,
      ...rest
    } = options;
    const again = { ...rest, ...at, directory: before.directory, inPlace: true, build: false };
    const { serveFolder = serveFolderOverSsh } = actions;
    await (isSsh(to) ? serveFolder(again) : actions.deploy(again));
  } else throw notPutBack(before);
}

const nothingWasThere = (app: string): UserError =>
  new UserError('NOT_PUT_BACK', {
    what: 'what was live before cannot be put back',
    why: `Kudu of ${app} had no deployment before: App Service does not remove the files of one.`,
    next: `stop the app until it is deployed again: az webapp stop --name ${app} --resource-group GROUP`,
    exit: 'incomplete',
  });

const notPutBack = (before: DeployResult['before']): UserError =>
  new UserError('NOT_PUT_BACK', {
    what: 'what was live before cannot be put back',
    why:
      before?.was === 'folder'
        ? `IIS serves ${before.directory} itself, before and after: there is no copy of what it was.`
        : 'It is not known what was there.',
    next: 'deploy with --releases: then there is a copy to go back to',
    exit: 'incomplete',
  });
