import path from 'node:path';
import { someOf } from '../amounts.js';
import { UserError } from '../errors.js';
import { type Home, openHome, servesOf } from '../host/index.js';
import { nearestName } from '../nearest-name.js';
import { iisnodeSock, typedCommand } from '../typed-command.js';
import { deploymentRecords } from './all-records.js';
import type { DeploymentRecord } from './plan.js';
import { samePath } from './same-path.js';

/** The commands for what is deployed on this machine. */
export type DeployedCommand = 'logs' | 'undeploy' | 'rollback' | 'releases';

/** As many are named in an error. */
const mostNamed = 5;

/** Which apps are deployed on this machine, and the command for the one that was meant. */
export interface AppsAdvice {
  /** A sentence. */
  readonly deployed: string;
  /** As `next:`. */
  readonly next: string;
}

/** What is reported of an app. */
export type KnownApp = Pick<DeploymentRecord, 'path' | 'site' | 'target' | 'directory'>;

/** @param word What was typed for the app: a folder, or its name. */
export function adviceOnApps(command: DeployedCommand, word: string, records: readonly KnownApp[]): AppsAdvice {
  if (records.length === 0) {
    return {
      deployed: 'No app is deployed on this machine.',
      next: `${iisnodeSock} deploy DIR     (for an app on a server: ${command} with --to)`,
    };
  }
  const names = records.map(
    ({ path: at, site, target, directory }) => `${at} of "${site}" (${target}) from ${directory}`,
  );
  // What changes an app is not typed for one that was not meant.
  const only = records.length === 1 && !['undeploy', 'rollback'].includes(command) ? records[0] : undefined;
  const meant = appMeant(word, records) ?? only;
  return {
    deployed: `${records.some(({ target }) => target === served) ? 'On' : 'Deployed on'} this machine: ${someOf(names, mostNamed, '; ')}.`,
    next:
      meant === undefined
        ? `name the folder of one of them: ${iisnodeSock} ${command} ${option(command)}DIR`
        : typed(command, meant),
  };
}

/** In place of a target: a `serve` in the foreground has the app. */
const served = 'serve';

/** The apps of every `serve` that runs on this machine. */
async function servedApps(home: Home): Promise<readonly KnownApp[]> {
  const serves = await servesOf(home);
  return serves.flatMap((one) => {
    if ('silent' in one) return [];
    const site = one.addresses[0]?.siteName ?? '';
    const { path: at, directory, apps, apphost } = one.served;
    const all = apphost === undefined ? [{ path: at, directory }, ...apps] : [];
    return all.map((app) => ({ ...app, site, target: served }));
  });
}

const option = (command: DeployedCommand): string => (command === 'rollback' ? '--dir ' : '');

const typed = (command: DeployedCommand, { directory }: KnownApp): string =>
  typedCommand([command, ...(command === 'rollback' ? ['--dir'] : []), directory]);

/** By the end of its path or of its folder. */
function appMeant(word: string, records: readonly KnownApp[]): KnownApp | undefined {
  const namesOf = ({ path: at, directory }: KnownApp): readonly string[] =>
    [path.posix.basename(at), path.basename(directory)].filter((name) => name !== '');
  const near = nearestName(path.basename(word), records.flatMap(namesOf));
  return near === undefined ? undefined : records.find((record) => namesOf(record).includes(near));
}

/** An error that would have the user make a new app, where a command is for a deployed one: with the apps that there are. */
export async function withDeployedApps(
  error: unknown,
  command: DeployedCommand,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const isNoApp = error instanceof UserError && ['DIRECTORY_NOT_FOUND', 'WEB_CONFIG_NOT_FOUND'].includes(error.code);
  if (!isNoApp) return error;
  const home = openHome(environment);
  const deployedApps = await deploymentRecords(home)
    .all()
    .catch(() => []);
  // What `serve` runs has logs too, and is not deployed.
  const records: readonly KnownApp[] =
    command === 'logs' ? [...deployedApps, ...(await servedApps(home))] : deployedApps;
  // It is deployed: its own folder has lost something.
  if (records.some((record) => samePath(record.directory, directory))) return error;
  const { deployed, next } = adviceOnApps(command, directory, records);
  const { code, what, why, exit, cause } = error;
  return new UserError(code, { what, why: `${why.replace(/\.?$/, '.')} ${deployed}`, next, exit, cause });
}
