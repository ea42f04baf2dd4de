import type { ConfiguredApp } from '../../app/index.js';
import { hasAdapter } from './adapter.js';
import { assumptionsIn } from './assumptions.js';
import { type GatherOptions, gatherFacts } from './gather.js';
import { allowedTransports } from './processes.js';

const limitName = 'appConcurrentRequestLimit';

/** Reads an app's folder like the rules. Throws like `gatherFacts`. */
export function readConfiguredApp(target: string, options: GatherOptions): ConfiguredApp {
  const facts = gatherFacts(target, { assumeFrom: 'folder name', ...options });
  const { site, server } = facts;
  const [problem] = [...(site?.problems ?? []), ...(site?.rewriteProblems ?? [])];
  const section = facts.query.section('system.webServer/serverRuntime');
  const origin = section?.origin(limitName);
  return {
    directory: facts.directory,
    hasWebConfig: facts.webConfig.bytes !== undefined,
    problem: problem?.message,
    hasIisnodeHandler: (site?.iisnodeHandlers.length ?? 0) > 0,
    iisnode: facts.iisnode && { settings: facts.iisnode, placeOf: facts.query.iisnodePlace },
    requestLimit: section && origin && { value: section.number(limitName), file: origin.file, line: origin.line },
    transports: allowedTransports(facts),
    broadcasts: server.scripts.flatMap(({ reach }) => reach.broadcasts.map(({ at }) => at)),
    hasAdapter: hasAdapter(facts),
    assumed: assumptionsIn(facts),
  };
}
