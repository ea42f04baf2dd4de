import type { Place } from '../../source/index.js';
import type { IisnodeAttribute, IisnodeSettingsAt } from '../../webconfig/index.js';
import { hasAdapter } from './adapter.js';
import { type GatherOptions, gatherFacts } from './gather.js';
import { serverTransports } from './processes.js';

/** The app's configuration from its files, for commands other than the doctor: plain data. */
export interface ConfiguredApp {
  /** Absolute physical path. */
  readonly directory: string;
  readonly hasWebConfig: boolean;
  /** The first error in web.config that IIS refuses, in one sentence. */
  readonly problem: string | undefined;
  /** web.config maps requests to iisnode. */
  readonly hasIisnodeHandler: boolean;
  /** iisnode's effective settings; undefined where IIS or iisnode stops at an error. */
  readonly iisnode:
    | { readonly settings: IisnodeSettingsAt; placeOf(name: IisnodeAttribute): Place | undefined }
    | undefined;
  /** appConcurrentRequestLimit of system.webServer/serverRuntime, if web.config sets it. */
  readonly requestLimit: { readonly value: number; readonly file: string; readonly line: number } | undefined;
  /** The transports that its servers, or its appSettings, allow; undefined: unknown. */
  readonly transports: readonly string[] | undefined;
  /** The places where its code sends to the clients of all processes. */
  readonly broadcasts: readonly Place[];
  readonly hasAdapter: boolean;
}

const limitName = 'appConcurrentRequestLimit';

/** Reads an app's folder like the rules. Throws like `gatherFacts`. */
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
