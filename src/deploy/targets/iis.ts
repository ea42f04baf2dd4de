import { findAppcmdExe, realAppcmd, rememberLists } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import type { Home } from '../../host/index.js';
import type { DeployPlan, SiteBinding } from '../plan.js';
import { fileRecords } from '../records.js';
import type { DeployContext } from '../step.js';
import { findSite } from '../steps/run-appcmd.js';
import { foldersOfThisMachine, type IisTarget } from '../target.js';
import type { DeployOptions } from '../types.js';
import type { OpenTarget } from './open-target.js';
import { runCommand } from './run-command.js';

/** IIS on this machine, through its appcmd.exe. @throws UserError IIS_NOT_FOUND, PORT_NOT_OURS. */
export function openIis(
  options: Pick<DeployOptions, 'appcmd' | 'environment'>,
  home: Home,
  signal: AbortSignal,
): OpenTarget {
  const program = findAppcmdExe(options.environment ?? process.env);
  const asked = options.appcmd ?? (program === undefined ? undefined : realAppcmd({ program, signal }));
  if (asked === undefined) {
    throw new UserError('IIS_NOT_FOUND', {
      what: 'there is no IIS on this machine',
      why: '%windir%\\system32\\inetsrv\\appcmd.exe does not exist',
      next: 'install it (dism /online /enable-feature /featurename:IIS-ManagementScriptingTools /all), or use --to embedded',
    });
  }
  const appcmd = rememberLists(asked);
  const context: DeployContext = {
    appcmd,
    signal,
    run: runCommand,
    target: iisTarget(appcmd, process.platform),
    records: fileRecords(home.directory),
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

/** @param platform Only files on Windows have rights for pools. */
export const iisTarget = (appcmd: DeployContext['appcmd'], platform: NodeJS.Platform): IisTarget => ({
  ...foldersOfThisMachine,
  kind: 'iis',
  name: 'iis',
  host: undefined,
  noHost: 'IIS is already running',
  noRights: platform === 'win32' ? undefined : 'not needed on this platform',
  idle: undefined,
  url: (plan) => siteUrl({ appcmd }, plan),
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

/** The binding that a site is looked at by: its first one of http, else of https. */
async function bindingOf(context: Pick<DeployContext, 'appcmd'>, plan: DeployPlan): Promise<SiteBinding> {
  const site = await findSite(context, plan);
  const bindings = (site?.get('bindings') ?? '').split(',');
  const chosen = ['http', 'https'].flatMap((protocol) => bindings.filter((one) => one.startsWith(`${protocol}/`)))[0];
  const [, protocol, address = '*', port = '80', host = ''] = /^(https?)\/(.*):(\d+):([^:]*)$/.exec(chosen ?? '') ?? [];
  return { protocol: protocol === 'https' ? protocol : 'http', address, port: Number(port), host };
}

const isAnyAddress = (address: string): boolean => ['*', '', '0.0.0.0', '[::]'].includes(address);
const isHostName = (host: string): boolean => host !== '' && !host.includes('*');

async function siteUrl(context: Pick<DeployContext, 'appcmd'>, plan: DeployPlan): Promise<string> {
  const { protocol, address, port, host } = await bindingOf(context, plan);
  const name = isHostName(host) ? host : isAnyAddress(address) ? 'localhost' : address;
  const isOrdinary = port === (protocol === 'http' ? 80 : 443);
  return `${protocol}://${name}${isOrdinary ? '' : `:${port}`}${plan.vdirPath}`;
}

/** IIS on this machine serves the name before DNS knows it, and when DNS names a proxy in front. */
async function localAddress(context: Pick<DeployContext, 'appcmd'>, plan: DeployPlan): Promise<string | undefined> {
  const { address, host } = await bindingOf(context, plan);
  if (!isHostName(host)) return undefined;
  return isAnyAddress(address) ? '127.0.0.1' : address.replace(/^\[|\]$/g, '');
}
