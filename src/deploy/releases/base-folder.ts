import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { isBelow } from '../../files/index.js';
import type { Home } from '../../host/index.js';
import { withoutEnd } from '../../trimmed.js';
import type { AppPlace, DeploymentRecord } from '../plan.js';
import { isExpress } from '../targets/express/find-express.js';
import type { DeployOptions } from '../types.js';

/**
 * The folder with the releases of an application: the one that it has, else `--releases-dir`, else beside the folders of IIS
 * (%SystemDrive%\inetpub\iisnode-sock), or in the home, for IIS Express in a folder of each applicationhost.config.
 * Without `source` the app has no other folder here.
 * @throws UserError RELEASES_ELSEWHERE, RELEASES_IN_APP.
 */
export function releasesBase(
  { releasesDirectory, environment = process.env }: Pick<DeployOptions, 'releasesDirectory' | 'environment'>,
  at: { readonly place: AppPlace; readonly target: string; readonly home: Home; readonly source?: string },
  earlier: DeploymentRecord | undefined,
): string {
  const parent = parentOf(at.target, at.home, environment);
  const asked = releasesDirectory === undefined ? undefined : path.resolve(releasesDirectory);
  const known = earlier?.releases?.base;
  if (asked !== undefined && known !== undefined && asked !== known) {
    throw new UserError('RELEASES_ELSEWHERE', {
      what: `the releases of ${at.place.vdirPath} are in ${known}, not in ${asked}`,
      why: 'A rollback needs all of them in one folder.',
      next: 'leave --releases-dir out, or undeploy the app first',
      again: { without: ['--releases-dir'] },
    });
  }
  const base = known ?? asked ?? path.join(parent, nameIn(parent, folderName(at.place)));
  const { source } = at;
  if (source === undefined || (!isBelow(source, base) && !isBelow(base, source))) return base;
  throw new UserError('RELEASES_IN_APP', {
    what: `the folder for releases, ${base}, and the app's, ${source}, are in one another`,
    why: 'Each release would have a copy of all others.',
    next: 'name a folder outside the app with --releases-dir',
  });
}

/**
 * The folder with the journal of an application: that of its releases, or where these would be. undefined: it would be in the app's own
 * folder.
 */
export function journalFolder(
  { siteName, vdirPath }: AppPlace,
  {
    target,
    home,
    source,
    environment = process.env,
  }: {
    readonly target: string;
    readonly home: Home;
    readonly source: string | undefined;
    readonly environment?: DeployOptions['environment'];
  },
  earlier: DeploymentRecord | undefined,
): string | undefined {
  const known = earlier?.releases?.base;
  if (known !== undefined) return known;
  const parent = parentOf(target, home, environment);
  const base = path.join(parent, nameIn(parent, folderName({ siteName, vdirPath })));
  return source !== undefined && isBelow(source, base) ? undefined : base;
}

function parentOf(target: string, home: Home, environment: NonNullable<DeployOptions['environment']>): string {
  // The same site and path may be on each of them.
  if (isExpress(target)) {
    const own = createHash('sha1').update(target.toLowerCase()).digest('hex').slice(0, 8);
    return path.join(home.directory, 'iisexpress', `apps-${own}`);
  }
  const drive = Object.entries(environment).find(([name]) => name.toUpperCase() === 'SYSTEMDRIVE')?.[1];
  return target === 'iis' && process.platform === 'win32' && drive !== undefined
    ? path.join(`${drive}\\`, 'inetpub', 'iisnode-sock')
    : path.join(home.directory, 'apps');
}

/** `Default Web Site+dante`: neither name may contain a plus sign on IIS. What Windows refuses in a name becomes a hyphen. */
function folderName({ siteName, vdirPath }: AppPlace): string {
  const name = vdirPath === '/' ? siteName : `${siteName}${vdirPath.replaceAll('/', '+')}`;
  const written = name.replace(/[<>:"|?*\\/%\p{Cc}]/gu, '-');
  const trimmed = withoutEnd(written, '. ');
  return trimmed === written ? written : `${trimmed}-`;
}

/** Names of sites and paths are equal whatever their case is, also where those of folders are not. */
function nameIn(parent: string, name: string): string {
  const names = existsSync(parent) ? readdirSync(parent) : [];
  return names.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}
