import { remembered } from '../../remembered.js';
import { type CallGraph, callGraph, isAdapterPackage, type Place } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** What sends messages of one process to the clients of the others. */
export interface AdapterUse {
  /** The place where the code attaches one, or would. */
  readonly places: readonly Place[];
  /** Also true if it is unknown and a package that could do it is installed. */
  readonly isAttached: boolean;
  /** The place where the code would attach one, in a function that is never called. */
  readonly idle: Place | undefined;
  /** A package for it that is not used. */
  readonly unused: string | undefined;
}

/** Packages that get the server and certainly add no adapter. */
const bringNone = new Set(['@socket.io/admin-ui', '@socket.io/sticky']);

/** Is everything about the app's socket.io servers known from the sources? */
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

const graphOf = remembered(({ folder, server, entries, query }: FileFacts): CallGraph => {
  // All modules of a bundle run when it is loaded.
  const names = entries.flatMap((entry) => {
    const [start, ...others] = query.scriptsOf(entry);
    return [start, ...others.filter(({ loaded }) => loaded && loaded === start?.loaded)].flatMap(
      (script) => script?.name ?? [],
    );
  });
  return callGraph(folder, server.scripts, names);
});

/** Searches for an adapter: in the code that runs; where that is not completely known, also among the packages. */
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

/** Is there something that sends messages of one process to the clients of the others? */
export const hasAdapter = (facts: FileFacts): boolean => adapterUse(facts).isAttached;
