import { readApp, standardSite } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { isSsh, readSshAddress, type SshAddress } from '../../ssh/index.js';
import { completedVdirPath, vdirPathOf } from '../../webconfig/index.js';
import type { AppPlace } from '../plan.js';
import { same } from '../steps/run-appcmd.js';
import type { DeployOptions, UndeployOptions } from '../types.js';

type Placed = Pick<DeployOptions, 'to' | 'site' | 'path'>;

/**
 * The options with the site and the path of an address; other targets' as they are.
 * @throws UserError BAD_SSH_ADDRESS, SSH_PLACE_TWICE.
 */
export function placedBySsh<Options extends Placed>(options: Options): Options {
  if (!isSsh(options.to)) return options;
  const { site, path } = readSshAddress(options.to);
  if (site !== undefined && options.site !== undefined && !same(site, options.site))
    throw twice(`--site ${options.site}`, `the site "${site}"`);
  if (path !== undefined && options.path !== undefined && !same(vdirPathOf(path), vdirPathOf(options.path)))
    throw twice(`--path ${options.path}`, `the path ${path}`);
  return { ...options, ...(site !== undefined && { site }), ...(path !== undefined && { path }) };
}

const twice = (option: string, named: string): UserError =>
  new UserError('SSH_PLACE_TWICE', {
    what: `${option} and the address of --to differ`,
    why: `The address names ${named}.`,
    next: 'leave one of the two out',
  });

/**
 * The deployed application that the options name: by the address, by --site and --path, or by the app's own path.
 * @throws UserError as `placedBySsh`; those of `readApp`.
 */
export function placeOver(options: Pick<UndeployOptions, 'directory' | 'to' | 'site' | 'path' | 'environment'>): {
  readonly address: SshAddress;
  readonly place: AppPlace;
} {
  const { to = '', site = standardSite, path, directory = '.', environment = process.env } = placedBySsh(options);
  const vdirPath =
    path === undefined ? completedVdirPath(readApp(directory, { environment }).place.vdirPath) : vdirPathOf(path);
  return { address: readSshAddress(to), place: { siteName: site, vdirPath } };
}
