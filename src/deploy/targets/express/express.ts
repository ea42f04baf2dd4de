import path from 'node:path';
import { standardSite } from '../../../app/index.js';
import { listSites, listsFromFile, realAppcmd, rememberLists } from '../../../appcmd/index.js';
import { UserError } from '../../../errors.js';
import type { Home } from '../../../host/index.js';
import { deploymentRecords } from '../../all-records.js';
import type { DeployContext } from '../../step.js';
import { findSite, listEntries, same } from '../../steps/run-appcmd.js';
import { type ExpressTarget, foldersOfThisMachine } from '../../target.js';
import type { DeployOptions, DeployPlan } from '../../types.js';
import { atSiteUrl, keepingBindings, type OpenTarget } from '../open-target.js';
import { runCommand } from '../run-command.js';
import { bindingsIn } from '../site-url.js';
import { expressAppcmd } from './express-appcmd.js';
import { type ExpressHost, expressHost } from './express-host.js';
import { expressConfiguration, expressName, findIisExpress } from './find-express.js';

/** Where deploy keeps what it knows of the processes of IIS Express. */
export const expressFolder = ({ directory }: Pick<Home, 'directory'>): string => path.join(directory, 'iisexpress');

/**
 * IIS Express of this machine, as this user: no rights, no elevation, no services. iisexpress.exe runs in the background.
 * @throws UserError IIS_EXPRESS_NOT_FOUND, IIS_EXPRESS_NOT_CONFIGURED; from `choosePort` also EXPRESS_BINDING.
 */
export function openExpress(
  to: string,
  { environment = process.env }: Pick<DeployOptions, 'environment'>,
  home: Home,
  signal: AbortSignal,
): OpenTarget {
  const { appcmd: program, program: iisexpress, schemaFolder } = findIisExpress(environment);
  const file = expressConfiguration(to, environment);
  const real = realAppcmd({ program, signal });
  const restart = (): Promise<void> => host.restart();
  const appcmd = rememberLists(listsFromFile(expressAppcmd(real, file, restart), file));
  const portOf = async (siteName: string): Promise<number | undefined> => {
    const site = await findSite({ appcmd }, { siteName, vdirPath: '/' });
    return bindingsIn(site?.get('bindings') ?? '').find(({ protocol }) => protocol === 'http')?.port;
  };
  const host: ExpressHost = expressHost({ program: iisexpress, file, folder: expressFolder(home), portOf });
  const context: DeployContext = {
    appcmd,
    signal,
    run: runCommand,
    target: expressTarget(appcmd, host, { name: expressName(to), schemaFolder }),
    records: deploymentRecords(home),
  };
  return keepingBindings(context, home, refuseBindings);
}

export const expressTarget = (
  appcmd: DeployContext['appcmd'],
  host: ExpressHost,
  { name, schemaFolder }: Pick<ExpressTarget, 'name' | 'schemaFolder'>,
): ExpressTarget => ({
  ...foldersOfThisMachine,
  kind: 'iisexpress',
  name,
  schemaFolder,
  host,
  noHost: undefined,
  noRights: 'not needed: IIS Express runs as you',
  ...atSiteUrl(appcmd),
});

/** A user may serve localhost at the ports above 1024 (iis.md 6). @throws UserError EXPRESS_BINDING. */
function refuseBindings({ newSite }: DeployPlan): void {
  const refused = newSite?.bindings.find(
    ({ protocol, port, host }) => protocol !== 'http' || port <= 1024 || host !== 'localhost',
  );
  if (refused === undefined) return;
  const { protocol, port, host } = refused;
  throw new UserError('EXPRESS_BINDING', {
    what: `IIS Express may not serve ${protocol}://${host || '*'}:${port} as this user`,
    why: 'Without the rights of an administrator it serves http of localhost, at ports above 1024.',
    next: 'give the new site such a port: --port 8090; for other names an administrator runs: netsh http add urlacl, and the site is made with appcmd',
  });
}

/** Without a name: "Default Web Site" where there is one, else the first site of the file. */
export async function siteOnExpress(to: string, options: DeployOptions, home: Home): Promise<string | undefined> {
  const { context } = openExpress(to, options, home, new AbortController().signal);
  const names = (await listEntries(context, listSites())).map(({ name }) => name);
  return names.find((name) => same(name, standardSite)) ?? names[0];
}
