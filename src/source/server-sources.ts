import { appScript } from './app-script.js';
import { contextOf, type ScriptContext } from './context.js';
import { type EsModuleUse, readEsModuleUse } from './es-module.js';
import type { AppFolder } from './folder.js';
import { importedEnvironment } from './imported-environment.js';
import { type Listen, readListens } from './listens.js';
import { loadsComputed } from './modules.js';
import { type NamespaceUse, readNamespaces } from './namespaces.js';
import { resolveRelative } from './resolve.js';
import { type RouteUse, readRoutes } from './routes.js';
import { readSocketReach, type SocketReach } from './socket-reach.js';
import { readSocketServers, type SocketServerUse } from './socket-server.js';
import { readStreams, type StreamUse } from './streams.js';
import type { TextFile } from './text-file.js';

/** One source file node would load. */
export interface ServerScript {
  /** Relative path, forward slashes, as on disk. */
  readonly name: string;
  readonly source: TextFile;
  /** undefined when it does not parse. */
  readonly context: ScriptContext | undefined;
  readonly listens: readonly Listen[];
  readonly sockets: SocketServerUse;
  readonly reach: SocketReach;
  readonly namespaces: NamespaceUse;
  readonly streams: StreamUse;
  readonly routes: RouteUse;
  readonly esModule: EsModuleUse;
}

/** An entry point, relative to the app, forward slashes. */
interface NamedEntry {
  readonly name: string;
}

export interface ServerFacts {
  /** Every script reachable from an entry by literal relative names, entries first. */
  readonly scripts: readonly ServerScript[];
  /** The scripts of one entry, itself first; empty when it cannot be read. */
  from(entry: NamedEntry): readonly ServerScript[];
  /** False where part of the server may not be among the scripts: what does not parse, names of modules that are computed or not found. */
  readonly isWhole: boolean;
  /** Modules by name (not relative) that the scripts load: 'socket.io', 'ws'. */
  readonly modules: ReadonlySet<string>;
}

const mostScripts = 400;

/** Reads one script; with `isBundled` one that node does not load as it is: JavaScript may have JSX and types in it. */
export function readScript(folder: AppFolder, name: string, isBundled = false): ServerScript | undefined {
  const script = appScript(folder, name, isBundled);
  if (script === undefined) return undefined;
  const context = contextOf(script, importedEnvironment(folder, name, script));
  return {
    name,
    source: script.source,
    context,
    listens: context ? readListens(context) : [],
    sockets: context ? readSocketServers(context) : { servers: [], oldApi: [] },
    reach: context ? readSocketReach(context) : { broadcasts: [], adapters: [], setsOptionsLater: false, handedTo: [] },
    namespaces: context ? readNamespaces(context) : { opened: [], isKnown: false },
    streams: context ? readStreams(context) : { eventStreams: [], forbidsTransform: false },
    routes: context ? readRoutes(context) : { routes: [], handed: undefined, readsUrls: undefined },
    esModule: context ? readEsModuleUse(context) : { syntax: undefined, topLevelAwait: undefined },
  };
}

/** Reads every entry and what it loads. */
export function readServerSources(folder: AppFolder, entries: readonly NamedEntry[]): ServerFacts {
  const read = new Map<string, ServerScript | undefined>();
  const load = (name: string): ServerScript | undefined => {
    if (!read.has(name) && read.size < mostScripts) read.set(name, readScript(folder, name));
    return read.get(name);
  };
  const reach = (start: string): ServerScript[] => {
    const seen = new Set([start]);
    const reached: ServerScript[] = [];
    for (const name of seen) {
      const script = load(name);
      if (!script) continue;
      reached.push(script);
      for (const { specifier } of script.context?.modules ?? []) {
        const next = resolveRelative(folder, name, specifier);
        if (next) seen.add(next); // a set walks over what is added meanwhile
      }
    }
    return reached;
  };
  /** Are all modules of the app that a script loads among those that are read? */
  const isWhole = ({ name, context }: ServerScript): boolean =>
    context !== undefined &&
    !loadsComputed(context.script) &&
    context.modules.every(({ specifier }) => {
      if (!/^[.#/]/.test(specifier) || /\.(json|node)$/i.test(specifier)) return true;
      const file = resolveRelative(folder, name, specifier);
      return file !== undefined && read.get(file) !== undefined;
    });
  const byEntry = new Map<string, ServerScript[]>();
  for (const { name } of entries) {
    const spelling = folder.spelling(name);
    byEntry.set(name, spelling ? reach(spelling) : []);
  }
  const scripts = [...new Set([...byEntry.values()].flat())];
  const modules = new Set(scripts.flatMap((script) => script.context?.modules ?? []).map((use) => use.specifier));
  const areWhole = scripts.length > 0 && scripts.every(isWhole);
  return { scripts, isWhole: areWhole, modules, from: (entry) => byEntry.get(entry.name) ?? [] };
}
