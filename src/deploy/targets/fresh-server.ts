import { type AppcmdStore, commandLine, executeAppcmd, quoteForCmd } from '../../appcmd/index.js';
import { applicationHostText } from '../../config/index.js';
import type { DeployContext, DeployPlan } from '../types.js';

/** How command lines are written. */
export interface FreshServerOptions {
  /** Stands for appcmd.exe. */
  readonly program?: string;
  /** For which shell; cmd.exe by default. */
  readonly quote?: (argument: string) => string;
  readonly signal: AbortSignal | undefined;
}

/** An IIS as it is after installing, with the plan's site: everything is still to be made. It can only be looked at. */
export function freshServer(plan: DeployPlan, options: FreshServerOptions): DeployContext {
  const { program = '%windir%\\system32\\inetsrv\\appcmd.exe', quote = quoteForCmd } = options;
  const text = applicationHostText({
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: plan.siteName,
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: [{ path: '/', physicalPath: '%SystemDrive%\\inetpub\\wwwroot', pool: 'DefaultAppPool' }],
      },
    ],
  });
  const store: AppcmdStore = {
    file: 'applicationHost.config',
    read: async () => text,
    write: () => Promise.reject(new Error('Writing a script changes no configuration')),
    running: async () => true,
    signal: async () => undefined,
  };
  const format = (name: string, args: readonly string[]): string => commandLine(name, args, quote);
  return {
    appcmd: { run: (args) => executeAppcmd(args, store), format: (args) => format(program, args) },
    signal: options.signal ?? new AbortController().signal,
    run: async () => ({ exitCode: 1, stdout: '' }), // nothing is granted yet
    format,
    target: 'script',
  };
}
