import { findAppcmdExe } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import { openHome } from '../../host/index.js';
import { didYouMean, nearestName } from '../../nearest-name.js';
import { isSsh, withoutPassword } from '../../ssh/index.js';
import { isAzure } from '../azure/address.js';
import type { DeployOptions } from '../types.js';
import { openEmbedded } from './embedded.js';
import { openExpress } from './express/express.js';
import { expressName, isExpress } from './express/find-express.js';
import { isFileTarget } from './file-target.js';
import { openIis } from './iis.js';
import type { OpenTarget } from './open-target.js';

/** Those that are a word alone. */
const plainTargets = ['iis', 'iisexpress', 'embedded'];

export type TargetOptions = Pick<DeployOptions, 'to' | 'environment' | 'appcmd'>;

/** `iis` where appcmd.exe is found, else `embedded`. */
const defaultTarget = (environment: Readonly<Record<string, string | undefined>>): 'iis' | 'embedded' =>
  findAppcmdExe(environment) === undefined ? 'embedded' : 'iis';

/** The name of the target: what `--to` names, or the default. */
export const targetNameOf = ({ to, appcmd, environment = process.env }: TargetOptions): string =>
  isExpress(to) ? expressName(to) : (to ?? (appcmd === undefined ? defaultTarget(environment) : 'iis'));

/** The target `--to` names. @throws UserError UNKNOWN_TARGET, IIS_NOT_FOUND, IIS_EXPRESS_NOT_FOUND, BAD_HOME. */
export function chooseTarget(options: TargetOptions, signal: AbortSignal): OpenTarget {
  const environment = options.environment ?? process.env;
  const to = targetNameOf(options);
  const home = openHome(environment);
  if (to === 'embedded') return openEmbedded(home, signal);
  if (to === 'iis') return openIis(options, home, signal);
  if (isExpress(to)) return openExpress(to, options, home, signal);
  throw unknownTarget(to);
}

/** A word that is none of them is wrong on every machine. @throws UserError UNKNOWN_TARGET. */
export function refuseUnknownTarget(to: string | undefined): void {
  if (to === undefined || plainTargets.includes(to) || isExpress(to) || isFileTarget(to) || isSsh(to) || isAzure(to))
    return;
  throw unknownTarget(to);
}

const unknownTarget = (to: string): UserError =>
  new UserError('UNKNOWN_TARGET', {
    what: `"${withoutPassword(to)}" is not a target`,
    why: `${didYouMean(to, plainTargets)}A target is iis, iisexpress, embedded, ssh://user@host/Site%20Name/path, azure://APP, FILE.bat, FILE.ps1 or FILE.zip.`,
    next: `${nearestName(to, plainTargets) === undefined ? 'for example ' : ''}--to ${nearestName(to, plainTargets) ?? 'embedded'}`,
    again: { with: ['--to', nearestName(to, plainTargets) ?? 'embedded'] },
  });
