import path from 'node:path';
import { type Appcmd, findAppcmdExe, listsFromFile, realAppcmd, rememberLists } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import type { Home } from '../../host/index.js';
import { lookAtServer, serverHere } from '../../server/index.js';
import { deploymentRecords } from '../all-records.js';
import type { DeployContext } from '../step.js';
import { foldersOfThisMachine, type IisTarget } from '../target.js';
import type { DeployOptions } from '../types.js';
import { atSiteUrl, keepingBindings, type OpenTarget } from './open-target.js';
import { runCommand } from './run-command.js';

/** IIS on this machine, through its appcmd.exe. @throws UserError IIS_NOT_FOUND, PORT_NOT_OURS. */
export function openIis(
  options: Pick<DeployOptions, 'appcmd' | 'environment'>,
  home: Home,
  signal: AbortSignal,
): OpenTarget {
  const program = findAppcmdExe(options.environment ?? process.env);
  const asked = options.appcmd ?? (program === undefined ? undefined : appcmdHere(program, signal));
  if (asked === undefined) throw noIis();
  const appcmd = rememberLists(asked);
  const place = options.appcmd === undefined ? serverHere(options.environment ?? process.env) : undefined;
  const context: DeployContext = {
    appcmd,
    signal,
    run: runCommand,
    target: {
      ...iisTarget(appcmd, process.platform),
      ...(place && { lookAt: (app) => lookAtServer(place.run, { app }) }),
    },
    records: deploymentRecords(home),
  };
  return keepingBindings(context, home);
}

/** What is shown of IIS needs one: another server's state would be taken for its own. @throws UserError IIS_NOT_FOUND. */
export function requireIis(environment: Readonly<Record<string, string | undefined>>): void {
  if (findAppcmdExe(environment) === undefined) throw noIis();
}

const noIis = (): UserError =>
  new UserError('IIS_NOT_FOUND', {
    what: 'there is no IIS on this machine',
    why: '%windir%\\system32\\inetsrv\\appcmd.exe does not exist',
    next: 'install it (dism /online /enable-feature /featurename:IIS-ManagementScriptingTools /all), or use --to embedded',
    // On Windows it is what the user wants, and it can be installed.
    ...(process.platform !== 'win32' && { again: { with: ['--to', 'embedded'] } }),
  });

/** Lists come from the file that appcmd.exe changes, so that looking at the server costs no processes. */
const appcmdHere = (program: string, signal: AbortSignal): Appcmd =>
  listsFromFile(realAppcmd({ program, signal }), path.join(path.dirname(program), 'config', 'applicationHost.config'));

/** @param platform Only Windows has services, and rights of pools on files. */
export const iisTarget = (appcmd: DeployContext['appcmd'], platform: NodeJS.Platform): IisTarget => ({
  ...foldersOfThisMachine,
  kind: 'iis',
  name: 'iis',
  host: undefined,
  hasServices: platform === 'win32',
  noHost: 'not for IIS',
  noRights: platform === 'win32' ? undefined : 'not needed on this platform',
  ...atSiteUrl(appcmd),
});
