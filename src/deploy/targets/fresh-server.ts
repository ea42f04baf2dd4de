import { standardSite } from '../../app/index.js';
import { type AppcmdStore, executeAppcmd } from '../../appcmd/index.js';
import { applicationHostText } from '../../config/index.js';
import { type Argument, commandLine } from '../../quoting.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext } from '../step.js';
import { type FreshIisTarget, foldersOfThisMachine, type ScriptTarget, type Target } from '../target.js';

/** The formats of command lines. */
export interface FreshServerOptions {
  readonly target: Target;
  /** A command line of appcmd. */
  readonly appcmdLine: (args: readonly Argument[]) => string;
  /** One of another program; cmd.exe's quoting by default. */
  readonly format?: DeployContext['format'];
  readonly signal: AbortSignal | undefined;
  readonly environment: DeployContext['environment'];
}

/** A new IIS installation with the plan's site: everything else is missing. It can only be read. */
export function freshServer(plan: DeployPlan, options: FreshServerOptions): DeployContext {
  const { target, appcmdLine, format, signal = new AbortController().signal, environment } = options;
  const text = applicationHostText({
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: plan.newSite === undefined ? plan.siteName : standardSite,
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: [{ path: '/', physicalPath: '%SystemDrive%\\inetpub\\wwwroot', pool: 'DefaultAppPool' }],
      },
    ],
  });
  const store: AppcmdStore = {
    file: 'applicationHost.config',
    read: async () => text,
    write: () => Promise.reject(new Error('A new server can only be read')),
    running: async () => true,
    signal: async () => undefined,
  };
  return {
    appcmd: { run: (args) => executeAppcmd(args, store), format: appcmdLine },
    signal,
    run: async () => ({ exitCode: 1, stdout: '' }), // no rights are granted yet
    ...(format && { format }),
    target,
    environment,
  };
}

const unseen = {
  host: undefined,
  noHost: 'not for IIS: Windows starts it',
  noRights: undefined,
  idle: 'not needed on a new IIS',
  url: undefined,
} as const;

/** For a dry run where there is no IIS; the app's folder is here. */
export const freshIis: FreshIisTarget = { ...unseen, ...foldersOfThisMachine, kind: 'fresh-iis', name: 'iis' };

/** @param serverPath how a folder of the app is written in the script. */
export const scriptTarget = (serverPath: ScriptTarget['serverPath']): ScriptTarget => ({
  ...unseen,
  kind: 'script',
  name: 'script',
  folderExists: () => false,
  serverPath,
});

/** As typed on the server. */
export const typedAppcmd = (args: readonly Argument[]): string =>
  commandLine('%windir%\\system32\\inetsrv\\appcmd.exe', args);
