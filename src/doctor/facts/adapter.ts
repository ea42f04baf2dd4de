import { type CallGraph, callGraph, isAdapterPackage, type Place } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** What carries what one process sends to the clients of the others. */
export interface AdapterUse {
  /** Where the code attaches one, or would. */
  readonly places: readonly Place[];
  /** Also where the sources do not tell and a package that could do it is there. */
  readonly isAttached: boolean;
  /** Where the code would attach one, in a function that nobody calls. */
  readonly idle: Place | undefined;
  /** A package for it that nobody uses. */
  readonly unused: string | undefined;
}

/** Packages that get the server and certainly bring no adapter. */
const bringNone = new Set(['@socket.io/admin-ui', '@socket.io/sticky']);

/** Do the sources show all there is to know of the app's socket.io servers? */
function isAllShown({ server: { scripts, isWhole } }: FileFacts): boolean {
  const servers = scripts.flatMap(({ sockets }) => sockets.servers);
  return (
    isWhole &&
    servers.length > 0 &&
    servers.every(({ options }) => options.known) &&
    scripts.every(
      ({ reach, sockets }) =>
        !reach.setsOptionsLater && sockets.oldApi.length === 0 && reach.handedTo.every((name) => bringNone.has(name)),
    )
  );
}

const graphs = new WeakMap<FileFacts, CallGraph>();

function graphOf(facts: FileFacts): CallGraph {
  const { folder, server, entries, query } = facts;
  // All modules of a bundle run as it is loaded.
  const names = entries.flatMap((entry) => {
    const [start, ...others] = query.scriptsOf(entry);
    return [start, ...others.filter(({ loaded }) => loaded && loaded === start?.loaded)].flatMap(
      (script) => script?.name ?? [],
    );
  });
  const graph = graphs.get(facts) ?? callGraph(folder, server.scripts, names);
  graphs.set(facts, graph);
  return graph;
}

/** Looks for an adapter: in the code that runs; where that does not show everything, among the packages as well. */
export function adapterUse(facts: FileFacts): AdapterUse {
  const { server, package: manifest } = facts;
  const attachments = server.scripts.flatMap((script) =>
    script.reach.adapters.map(({ at, offset }) => ({ at, offset, script })),
  );
  const names = [...server.modules, ...Object.keys(manifest.dependencies), ...manifest.ofWorkspaces];
  const named = names.find((name) => isAdapterPackage(name));
  const isAttached = isAllShown(facts)
    ? attachments.some(({ script, offset }) => graphOf(facts).canBeReached(script, offset))
    : attachments.length > 0 || named !== undefined;
  const places = attachments.map(({ at }) => at);
  return isAttached
    ? { places, isAttached, idle: undefined, unused: undefined }
    : { places, isAttached, idle: places[0], unused: named };
}

/** Does something carry what one process sends to the clients of the others? */
export const hasAdapter = (facts: FileFacts): boolean => adapterUse(facts).isAttached;
