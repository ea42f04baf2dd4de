import { findAppcmdExe, realAppcmd } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
import type { Home } from '../../host/index.js';
import { fileRecords } from '../records.js';
import { findSite } from '../steps/run-appcmd.js';
import type { DeployContext, DeployOptions, DeployPlan } from '../types.js';
import { runCommand } from './run-command.js';
import type { DeployTarget } from './target.js';

/** IIS on this machine, through its appcmd.exe. @throws UserError IIS_NOT_FOUND, PORT_NOT_OURS. */
export function iisTarget(
  options: Pick<DeployOptions, 'appcmd' | 'environment'>,
  home: Home,
  signal: AbortSignal,
): DeployTarget {
  const program = findAppcmdExe(options.environment ?? process.env);
  const appcmd = options.appcmd ?? (program === undefined ? undefined : realAppcmd({ program, signal }));
  if (appcmd === undefined) {
    throw new UserError('IIS_NOT_FOUND', {
      what: 'there is no IIS on this machine',
      why: '%windir%\\system32\\inetsrv\\appcmd.exe does not exist',
      next: 'install it (dism /online /enable-feature /featurename:IIS-ManagementScriptingTools /all), or use --to embedded',
    });
  }
  const context: DeployContext = {
    appcmd,
    signal,
    run: runCommand,
    target: 'iis',
    records: fileRecords(home.directory),
  };
  return {
    name: 'iis',
    context,
    home,
    async choosePort(options) {
      refusePort(options);
      return undefined;
    },
    url: (plan) => siteUrl(context, plan),
  };
}

/** Where deploy does not decide about bindings, a port that is asked for is not dropped in silence. @throws UserError PORT_NOT_OURS. */
export function refusePort({ port }: Pick<DeployOptions, 'port'>): void {
  if (port === undefined) return;
  throw new UserError('PORT_NOT_OURS', {
    what: '--port is for the embedded IIS',
    why: 'on IIS the bindings of a site are set by its administrator',
    next: "leave --port out, or add a binding: appcmd set site NAME /+bindings.[protocol='http',bindingInformation='*:PORT:']",
  });
}

/** From the site's first http binding, else https. */
async function siteUrl(context: DeployContext, plan: DeployPlan): Promise<string> {
  const site = await findSite(context, plan);
  const bindings = (site?.get('bindings') ?? '').split(',');
  const chosen = ['http', 'https'].flatMap((protocol) => bindings.filter((one) => one.startsWith(`${protocol}/`)))[0];
  const [, protocol = 'http', address = '*', port = '80', host = ''] =
    /^(https?)\/(.*):(\d+):([^:]*)$/.exec(chosen ?? '') ?? [];
  const name =
    host !== '' && !host.includes('*') ? host : ['*', '', '0.0.0.0', '[::]'].includes(address) ? 'localhost' : address;
  const ordinary = protocol === 'http' ? '80' : '443';
  return `${protocol}://${name}${port === ordinary ? '' : `:${port}`}${plan.vdirPath}`;
}
