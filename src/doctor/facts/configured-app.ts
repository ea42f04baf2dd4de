import type { Place } from '../../source/index.js';
import { hasAdapter } from './adapter.js';
import { type GatherOptions, gatherFacts } from './gather.js';
import type { IisnodeFacts } from './iisnode.js';
import { serverTransports } from './processes.js';

/** What an app's files say of how it runs, for others than the rules: plain data. */
export interface ConfiguredApp {
  /** Absolute physical path. */
  readonly directory: string;
  readonly hasWebConfig: boolean;
  /** What IIS refuses in web.config: the first of it, in one sentence. */
  readonly problem: string | undefined;
  /** web.config gives requests to iisnode. */
  readonly hasIisnodeHandler: boolean;
  /** iisnode's settings in force; undefined where IIS or iisnode stops at an error. */
  readonly iisnode: IisnodeFacts | undefined;
  /** appConcurrentRequestLimit of system.webServer/serverRuntime, where web.config says it. */
  readonly requestLimit: { readonly value: number; readonly file: string; readonly line: number } | undefined;
  /** What its servers, or its appSettings, allow; undefined: nobody says. */
  readonly transports: readonly string[] | undefined;
  /** Where its code sends to the clients of all processes. */
  readonly broadcasts: readonly Place[];
  readonly hasAdapter: boolean;
}

const limitName = 'appConcurrentRequestLimit';

/** Reads an app's folder as the rules do. Throws as `gatherFacts`. */
export function readConfiguredApp(target: string, options: GatherOptions): ConfiguredApp {
  const facts = gatherFacts(target, options);
  const { site, server } = facts;
  const [problem] = [...(site?.problems ?? []), ...(site?.rewriteProblems ?? [])];
  const section = site?.section('system.webServer/serverRuntime');
  const origin = section?.origin(limitName);
  const servers = server.scripts.flatMap(({ sockets }) => sockets.servers);
  return {
    directory: facts.directory,
    hasWebConfig: facts.webConfig.bytes !== undefined,
    problem: problem?.message,
    hasIisnodeHandler: (site?.iisnodeHandlers.length ?? 0) > 0,
    iisnode: facts.iisnode,
    requestLimit: section && origin && { value: section.number(limitName), file: origin.file, line: origin.line },
    transports: servers.map((each) => serverTransports(facts, each)).find((names) => names !== undefined),
    broadcasts: server.scripts.flatMap(({ reach }) => reach.broadcasts.map(({ at }) => at)),
    hasAdapter: hasAdapter(facts),
  };
}
