import type { Place } from '../../source/index.js';
import type { IisnodeAttribute, IisnodeSettingsAt } from '../../webconfig/index.js';
import { hasAdapter } from './adapter.js';
import { type GatherOptions, gatherFacts } from './gather.js';
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
  readonly iisnode:
    | { readonly settings: IisnodeSettingsAt; placeOf(name: IisnodeAttribute): Place | undefined }
    | undefined;
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
  const section = facts.query.section('system.webServer/serverRuntime');
  const origin = section?.origin(limitName);
  const servers = server.scripts.flatMap(({ sockets }) => sockets.servers);
  return {
    directory: facts.directory,
    hasWebConfig: facts.webConfig.bytes !== undefined,
    problem: problem?.message,
    hasIisnodeHandler: (site?.iisnodeHandlers.length ?? 0) > 0,
    iisnode: facts.iisnode && { settings: facts.iisnode, placeOf: facts.query.iisnodePlace },
    requestLimit: section && origin && { value: section.number(limitName), file: origin.file, line: origin.line },
    transports: servers.map((each) => serverTransports(facts, each)).find((names) => names !== undefined),
    broadcasts: server.scripts.flatMap(({ reach }) => reach.broadcasts.map(({ at }) => at)),
    hasAdapter: hasAdapter(facts),
  };
}
