import path from 'node:path';
import { type Appcmd, findAppcmdExe, listsFromFile, realAppcmd, rememberLists } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import type { Home } from '../../host/index.js';
import { lookAtServer, serverHere } from '../../server/index.js';
import { deploymentRecords } from '../all-records.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext } from '../step.js';
import { foldersOfThisMachine, type IisTarget } from '../target.js';
import type { DeployOptions } from '../types.js';
import type { OpenTarget } from './open-target.js';
import { runCommand } from './run-command.js';
import { localAddress, siteUrl } from './site-url.js';

/** IIS on this machine, through its appcmd.exe. @throws UserError IIS_NOT_FOUND, PORT_NOT_OURS. */
export function openIis(
  options: Pick<DeployOptions, 'appcmd' | 'environment'>,
  home: Home,
  signal: AbortSignal,
): OpenTarget {
  const program = findAppcmdExe(options.environment ?? process.env);
  const asked = options.appcmd ?? (program === undefined ? undefined : appcmdHere(program, signal));
  if (asked === undefined) {
    throw new UserError('IIS_NOT_FOUND', {
      what: 'there is no IIS on this machine',
      why: '%windir%\\system32\\inetsrv\\appcmd.exe does not exist',
      next: 'install it (dism /online /enable-feature /featurename:IIS-ManagementScriptingTools /all), or use --to embedded',
    });
  }
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
  return {
    context,
    home,
    async choosePort(options, plan) {
      refusePort(options);
      refuseWithoutBinding(plan);
      return undefined;
    },
  };
}

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
  idle: undefined,
  url: (plan) => siteUrl({ appcmd }, plan, 'localhost'),
  address: (plan) => localAddress({ appcmd }, plan),
});

/** Where deploy does not set bindings, a given port is not ignored silently. @throws UserError PORT_NOT_OURS. */
export function refusePort({ port, newSite }: Pick<DeployOptions, 'port' | 'newSite'>): void {
  if (port === undefined || newSite !== undefined) return;
  throw new UserError('PORT_NOT_OURS', {
    what: '--port is for the embedded IIS and for a new site',
    why: 'on IIS the bindings of an existing site are set by its administrator',
    next: "omit --port, create a separate site for the app with --new-site, or add a binding: appcmd set site NAME /+bindings.[protocol='http',bindingInformation='*:PORT:']",
  });
}

/** IIS would create a site without a binding, which cannot be reached. @throws UserError NEW_SITE_WITHOUT_BINDING. */
export function refuseWithoutBinding({ newSite }: Pick<DeployPlan, 'newSite'>): void {
  if (newSite === undefined || newSite.bindings.length > 0) return;
  throw new UserError('NEW_SITE_WITHOUT_BINDING', {
    what: `the new site "${newSite.name}" needs a binding`,
    why: 'A binding sets the port and the host name of the site.',
    next: 'for example: --port 8090, or --binding http://chat.example.com',
  });
}
