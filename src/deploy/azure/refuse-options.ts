import { UserError } from '../../errors.js';
import { typedCommand } from '../../typed-command.js';
import type { DeployOptions, DeployPlan } from '../types.js';

/** Options that are for a server whose configuration deploy changes. */
const ofServers: readonly (readonly [keyof DeployOptions, string])[] = [
  ['site', '--site'],
  ['newSite', '--new-site'],
  ['binding', '--binding'],
  ['certificate', '--certificate'],
  ['pool', '--pool'],
  ['port', '--port'],
  ['releases', '--releases'],
  ['releasesDirectory', '--releases-dir'],
  ['inPlace', '--in-place'],
  ['serverPath', '--server-path'],
  ['installIisnode', '--install-iisnode'],
  ['installRewrite', '--install-rewrite'],
];

/** @throws UserError AZURE_OPTION. */
export function refuseServerOptions(options: DeployOptions): void {
  const given = ofServers.filter(([name]) => options[name] !== undefined).map(([, flag]) => flag);
  if (given.length === 0) return;
  throw new UserError('AZURE_OPTION', {
    what: `${given.join(' and ')} cannot be used with --to azure://`,
    why: 'App Service has its own sites, pools and certificates; a package changes none of them.',
    next: `omit ${given.length === 1 ? 'it' : 'them'}`,
    again: { without: given },
  });
}

/** wwwroot is the site's root. @throws UserError AZURE_NOT_AT_ROOT. */
export function requireRoot({ vdirPath, directory }: Pick<DeployPlan, 'vdirPath' | 'directory'>): void {
  if (vdirPath === '/') return;
  throw new UserError('AZURE_NOT_AT_ROOT', {
    what: `${directory} is configured for ${vdirPath}, and a package is at the root of the site`,
    why: 'Its content becomes that of site/wwwroot: its URLs begin with /.',
    next: typedCommand(['init', directory, '--path', '/']),
  });
}
