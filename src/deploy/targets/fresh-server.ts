import path from 'node:path';
import { standardSite } from '../../app/index.js';
import { type AppcmdStore, executeAppcmd } from '../../appcmd/index.js';
import { applicationHostText } from '../../config/index.js';
import { UserError } from '../../errors.js';
import { type Argument, commandLine } from '../../quoting.js';
import { withoutEnd } from '../../trimmed.js';
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

/** In commands for a server whose folder is not known: to be replaced there. */
const unknownFolder = 'C:\\path\\to\\app';

/**
 * For a dry run where there is no IIS. On Windows the app may be here as well; another system has no folder of a Windows server.
 * @param serverPath the app's folder there, as asked for.
 */
export function freshIis(serverPath: string | undefined, platform = process.platform): FreshIisTarget {
  const isHere = serverPath === undefined && platform === 'win32';
  const base = withoutEnd((serverPath ?? unknownFolder).replaceAll('/', '\\'), '\\');
  const below = (plan: DeployPlan, folder: string): string =>
    path.relative(plan.directory, folder).replaceAll('/', '\\');
  const elsewhere: typeof foldersOfThisMachine = {
    folderExists: () => false,
    serverPath: (plan, folder) => [base, below(plan, folder)].filter((part) => part !== '').join('\\'),
  };
  return { ...unseen, ...(isHere ? foldersOfThisMachine : elsewhere), kind: 'fresh-iis', name: 'iis' };
}

/** What is said before these commands. */
export const noteOnFreshIis = (serverPath: string | undefined, platform = process.platform): string =>
  `there is none on this machine: these are the commands for a new one${
    serverPath === undefined && platform !== 'win32'
      ? `; write the app's folder there for ${unknownFolder}, or give it with --server-path`
      : ''
  }`;

/** The folder on a server is one of Windows, and used where a server that is not here is planned for. @throws UserError. */
export function refuseServerPath(serverPath: string | undefined, isUsed: boolean): void {
  if (serverPath === undefined) return;
  if (!isUsed) {
    throw new UserError('SERVER_PATH_NOT_USED', {
      what: '--server-path is for a dry run for an IIS that is not on this machine',
      why: 'On this machine, deploy uses the folder that is here; a script finds the app beside itself.',
      next: 'omit it, or give: --to iis --dry-run',
      again: { without: ['--server-path'] },
    });
  }
  if (/^(?:[A-Za-z]:[\\/]|\\\\[^\\])/.test(serverPath)) return;
  throw new UserError('SERVER_PATH_INVALID', {
    what: `--server-path is ${serverPath}, which is no absolute path of Windows`,
    why: 'IIS needs the whole physical path.',
    next: 'for example: --server-path C:\\inetpub\\apps\\dante',
    again: { with: ['--server-path', 'C:\\inetpub\\apps\\dante'] },
  });
}

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
