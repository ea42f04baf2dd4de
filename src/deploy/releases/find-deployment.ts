import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { openHome } from '../../host/index.js';
import { typedCommand } from '../../typed-command.js';
import { vdirPathOf } from '../../webconfig/index.js';
import { deploymentRecords } from '../all-records.js';
import { adviceOnApps } from '../deployed-apps.js';
import type { DeploymentRecord } from '../plan.js';
import { chooseTarget } from '../targets/choose-target.js';
import { isExpress } from '../targets/express/find-express.js';
import { isFileTarget } from '../targets/file-target.js';
import type { UndeployOptions } from '../types.js';
import { findDeployment } from '../undeploy.js';

type Named = Pick<UndeployOptions, 'directory' | 'to' | 'site' | 'path' | 'environment' | 'appcmd'> & {
  /** Of a rollback. */
  readonly release?: string;
};

/** The record of a deployment with releases. */
export type ReleasedRecord = DeploymentRecord & Required<Pick<DeploymentRecord, 'releases'>>;

/** The deployment that the options name. @throws UserError NOT_DEPLOYED, NO_RELEASES, RELEASES_UNKNOWN, IIS_NOT_FOUND, IIS_EXPRESS_NOT_FOUND; those of undeploy for ambiguous options. */
export async function findReleased(options: Named, command: 'rollback' | 'releases'): Promise<ReleasedRecord> {
  const { environment = process.env, path: vdirPath, to } = options;
  if (isFileTarget(to)) throw notOfFile(to, options.directory);
  const asked = vdirPath === undefined ? options : { ...options, path: vdirPathOf(vdirPath) };
  const home = openHome(environment);
  const { record } = await findDeployment({ ...asked, command }, home);
  const folder = path.resolve(options.directory ?? '.');
  const place = [
    ...(to === undefined ? [] : ['--to', to]),
    ...(options.site === undefined ? [] : ['--site', options.site]),
    ...(vdirPath === undefined ? [] : ['--path', vdirPath]),
  ];
  if (record === undefined) {
    // A machine without that IIS is the more likely reason, and what status and logs say.
    if (to === 'iis' || isExpress(to)) chooseTarget({ ...options, to, environment }, new AbortController().signal);
    const records = await deploymentRecords(home).all();
    // An app in the folder, and no word for another one.
    const isNew =
      vdirPath === undefined && options.release === undefined && existsSync(path.join(folder, 'web.config'));
    const { deployed, next } = adviceOnApps(command, options.release ?? folder, records);
    throw new UserError('NOT_DEPLOYED', {
      what: `nothing is deployed ${vdirPath === undefined ? `from ${folder}` : `at ${vdirPath}`}`,
      why: `Deploy has no record of it. ${deployed}`,
      next: isNew || records.length === 0 ? typedCommand(['deploy', folder, ...place, '--releases']) : next,
    });
  }
  const { releases } = record;
  if (releases !== undefined) return { ...record, releases };
  throw new UserError('NO_RELEASES', {
    what: `${record.path} of "${record.site}" has no releases`,
    why: `It was deployed in place: IIS serves ${record.directory} itself.`,
    next: `from the next deployment on: ${typedCommand(['deploy', record.directory, ...(to === undefined ? ['--to', record.target] : []), ...place, '--releases'])}`,
    exit: 'refused',
  });
}

const notOfFile = (to: string, directory = '.'): UserError =>
  new UserError('RELEASES_UNKNOWN', {
    what: `the releases of what ${to} does are not known here`,
    why: 'The file is used on another server, and scripts and packages keep no releases: each replaces the app.',
    next: `deploy an earlier version of the app with the same --to, or deploy to the server itself: ${typedCommand(['deploy', directory, '--to', 'ssh://USER@HOST', '--releases'])}`,
  });
