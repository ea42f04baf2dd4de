import type { AnyNode } from 'acorn';
import { appScript } from './app-script.js';
import { anyScript, compiledFrom } from './compiled-from.js';
import { contextOf, type ScriptContext } from './context.js';
import { type EsModuleUse, readEsModuleUse } from './es-module.js';
import type { AppFolder } from './folder.js';
import { type HandedPorts, handedPorts } from './handed-port.js';
import { importedEnvironment } from './imported-environment.js';
import { type ImportedPort, importedPort } from './imported-port.js';
import { importedValue, type ReadScript } from './imported-value.js';
import { type Listen, readListens } from './listens.js';
import { loadsComputed } from './modules.js';
import { type NamespaceUse, readNamespaces } from './namespaces.js';
import { resolveOwn } from './resolve.js';
import { type RootUrl, readRedirects, readRootLinksInJsx, readRootLinksInStrings } from './root-urls.js';
import { type RouteUse, readRoutes } from './routes.js';
import { readServerHabits, type ServerHabits } from './server-habits.js';
import { readSocketReach, type SocketReach } from './socket-reach.js';
import { readSocketServers, type SocketServerUse } from './socket-server.js';
import { readStreams, type StreamUse } from './streams.js';
import { placeAt, type TextFile } from './text-file.js';

/** A script that node loads. */
export interface LoadedScript {
  /** Relative path, forward slashes, as on disk. */
  readonly name: string;
  readonly source: TextFile;
  /** undefined when it does not parse. */
  readonly context: ScriptContext | undefined;
}

/** One original source file of the server. */
export interface ServerScript extends LoadedScript {
  /** The file itself, or its compiled file; undefined if it is not built yet. */
  readonly loaded: LoadedScript | undefined;
  readonly listens: readonly Listen[];
  readonly habits: ServerHabits;
  /** Redirects to the site's root, and links to it in pages that stand in the script's strings. */
  readonly rootUrls: { readonly redirects: readonly RootUrl[]; readonly links: readonly RootUrl[] };
  readonly sockets: SocketServerUse;
  readonly reach: SocketReach;
  readonly namespaces: NamespaceUse;
  readonly streams: StreamUse;
  readonly routes: RouteUse;
  /** The modules that node loads, with their positions in the original source. */
  readonly esModule: EsModuleUse;
}

/** An entry point, relative to the app, forward slashes. */
interface NamedEntry {
  readonly name: string;
}

export interface ServerFacts {
  /** Every script reachable from an entry by literal relative names, entries first. */
  readonly scripts: readonly ServerScript[];
  /** The scripts of each entry by its name, itself first; none when it cannot be read. */
  readonly byEntry: ReadonlyMap<string, readonly ServerScript[]>;
  /** False if a part of the server may be missing from the scripts: scripts that do not parse, modules with computed names or not found. */
  readonly isWhole: boolean;
  /** Modules by name (not relative) that the scripts load: 'socket.io', 'ws'. */
  readonly modules: ReadonlySet<string>;
}

const mostScripts = 400;

/** Reads one script; with `isBundled` one that node does not load directly: its JavaScript may contain JSX and types. */
export function readScript(folder: AppFolder, name: string, isBundled = false): ServerScript | undefined {
  const script = appScript(folder, name, isBundled);
  if (script === undefined) return undefined;
  const context = contextOf(script, importedEnvironment(folder, name, script));
  const self: LoadedScript = { name, source: script.source, context };
  return {
    ...self,
    loaded: self,
    listens: context ? listensOf(folder, name, context) : [],
    habits: context ? habitsOf(context) : noHabits,
    sockets: context ? readSocketServers(context) : { servers: [], oldApi: [], originsCalls: [] },
    reach: context
      ? readSocketReach(context)
      : { broadcasts: [], adapters: [], setsOptionsLater: false, isBound: false, handedTo: [] },
    namespaces: context ? readNamespaces(context) : { opened: [], isKnown: false },
    rootUrls: context
      ? {
          redirects: readRedirects(context),
          links: [...readRootLinksInStrings(context), ...readRootLinksInJsx(context)],
        }
      : { redirects: [], links: [] },
    streams: context ? readStreams(context) : { eventStreams: [], forbidsTransform: false },
    routes: context ? readRoutes(context) : noRoutes,
    esModule: context ? readEsModuleUse(context) : noModule,
  };
}

/** Packages of servers hand a port on that they get, or open any: in a bundle with their code, that is not the app's. */
function listensOf(
  folder: AppFolder,
  name: string,
  context: ScriptContext,
  handed: (port: AnyNode) => ImportedPort | undefined = () => undefined,
  others: readonly ReadScript[] = [],
): readonly Listen[] {
  const all = readListens(context, (port) => importedPort(folder, name, context, port, others) ?? handed(port));
  const isOwn = ({ port }: Listen): boolean =>
    port.kind === 'environment' || (port.kind === 'literal' && Number(port.value) !== 0);
  return context.script.leftOut === undefined ? all : all.filter(isOwn);
}

/** In a script with more servers than that no port is looked for in the calls of other scripts. */
const mostHanded = 8;

/** The script with the ports that other scripts of the app hand to its functions. */
function withHandedPorts(
  folder: AppFolder,
  others: readonly ReadScript[],
  handedPort: HandedPorts,
  script: ServerScript,
): ServerScript {
  const { name, context, listens } = script;
  // Without a literal of its own it is from another module, which others may change.
  const open = listens.filter(({ port, literal }) => port.kind !== 'environment' && literal === undefined).length;
  if (context === undefined || open === 0 || open > mostHanded) return script;
  const handed = (port: AnyNode): ImportedPort | undefined => handedPort({ name, context }, port);
  return { ...script, listens: listensOf(folder, name, context, handed, others) };
}

/** The script with what its socket.io servers take from other files of the app: `new Server(http, config.socket)`. */
function withImportedOptions(folder: AppFolder, others: readonly ReadScript[], script: ServerScript): ServerScript {
  const { name, context, sockets } = script;
  const isOpen = sockets.servers.some(({ options: { known, path } }) => !known || path?.value.kind === 'unknown');
  if (context === undefined || !isOpen) return script;
  const imported = (node: AnyNode) => importedValue(folder, name, context, node, others);
  return { ...script, sockets: readSocketServers({ ...context, imported }) };
}

/** That express itself reads the address and the scheme of a client says nothing of the app. */
function habitsOf(context: ScriptContext): ServerHabits {
  const { clientAddress, clientScheme } = noHabits;
  const habits = readServerHabits(context);
  return context.script.leftOut === undefined ? habits : { ...habits, clientAddress, clientScheme };
}

const noHabits: ServerHabits = {
  tls: [],
  forks: [],
  gateways: [],
  ownPort: undefined,
  overrides: undefined,
  clientAddress: undefined,
  clientScheme: { uses: [], trusts: false },
  policies: [],
  headerPolicies: [],
  middleware: [],
};

const noRoutes: RouteUse = {
  routes: [],
  handed: undefined,
  hasUnseenHandler: false,
  readsUrls: undefined,
  handlerFrom: undefined,
  exportedReaders: new Map(),
};

const noModule: EsModuleUse = { syntax: undefined, topLevelAwait: undefined };

/** A TypeScript file with its compiled file. */
function compiled(script: ServerScript, product: ServerScript | undefined): ServerScript {
  const start = placeAt(script.source, 0);
  const { syntax, topLevelAwait } = product?.esModule ?? noModule;
  return {
    ...script,
    loaded: product?.loaded,
    esModule: {
      syntax: syntax && (script.esModule.syntax ?? start),
      topLevelAwait: topLevelAwait && (script.esModule.topLevelAwait ?? start),
    },
  };
}

/** Modules that compilers add; what makes elements of JSX, of any package: `hono/jsx/jsx-runtime`. */
const helpers = /^(tslib|@swc\/helpers|@babel\/runtime|core-js|regenerator-runtime)(\/|$)|\/jsx-(dev-)?runtime$/;

/** Do these sources load all packages that the compiled file loads? */
function loadSamePackages(sources: readonly ServerScript[], product: ServerScript): boolean {
  const written = new Set(sources.flatMap(modulesOf));
  return modulesOf(product).every((name) => isLocal(name) || helpers.test(name) || written.has(name));
}

const isLocal = (specifier: string): boolean => /^[.#/]/.test(specifier);

/**
 * The sources of a compiled script, the entry's source first; none for a script that is not compiled.
 *
 * @param load Reads one script.
 * @param reach Reads a script and what it loads.
 */
function sourcesOf(
  folder: AppFolder,
  product: ServerScript,
  load: (name: string) => ServerScript | undefined,
  reach: (name: string) => readonly ServerScript[],
): readonly ServerScript[] {
  const { names, isMapped } = compiledFrom(folder, product.name, anyScript);
  if (isMapped) {
    const scripts = names.flatMap((name) => load(name) ?? []);
    const imported = new Set(
      scripts.flatMap(({ name, context }) =>
        (context?.modules ?? []).map(({ specifier }) => resolveOwn(folder, name, specifier)),
      ),
    );
    return scripts.toSorted((a, b) => Number(imported.has(a.name)) - Number(imported.has(b.name)));
  }
  const [own] = names.flatMap((name) => load(name) ?? []);
  if (!own) return [];
  // A bundle contains the modules of the app.
  const isBundle = !modulesOf(product).some(isLocal) && modulesOf(own).some(isLocal);
  const scripts = isBundle ? reach(own.name) : [own];
  return loadSamePackages(scripts, product) ? scripts : [];
}

/** Reads every entry and what it loads; for compiled TypeScript the sources. */
export function readServerSources(folder: AppFolder, entries: readonly NamedEntry[]): ServerFacts {
  const read = new Map<string, ServerScript | undefined>();
  const load = (name: string): ServerScript | undefined => {
    if (!read.has(name) && read.size < mostScripts) read.set(name, readScript(folder, name));
    return read.get(name);
  };
  /** The scripts that `start` loads by literal names, itself first. */
  const reach = (start: string): ServerScript[] => {
    const seen = new Set([start]);
    const reached: ServerScript[] = [];
    for (const name of seen) {
      const script = load(name);
      if (!script) continue;
      reached.push(script);
      for (const { specifier } of script.context?.modules ?? []) {
        const next = resolveOwn(folder, name, specifier);
        if (next) seen.add(next); // iterating over a set includes items that are added meanwhile
      }
    }
    return reached;
  };
  const sources = new Map<string, ServerScript>();
  /** The sources of what node loads, its own first. */
  const written = (product: ServerScript): readonly ServerScript[] => {
    const scripts = sourcesOf(folder, product, load, reach);
    const made = scripts.map((script) => sources.get(script.name) ?? compiled(script, product));
    for (const script of made) sources.set(script.name, script);
    return made.length > 0 ? made : [product];
  };
  const ofEntry = (name: string): readonly ServerScript[] => {
    // The command of a framework is not the app's own.
    if (/(^|\/)node_modules\//.test(name)) return [];
    const spelling = folder.spelling(name);
    if (spelling) return [...new Set(reach(spelling).flatMap(written))];
    const [source] = compiledFrom(folder, name).names;
    return source === undefined ? [] : reach(source).map((script) => compiled(script, undefined));
  };
  const reached = new Map(entries.map(({ name }) => [name, ofEntry(name)]));
  const all = [...new Set([...reached.values()].flat())];
  const readable = all.flatMap(({ name, context }) => (context ? [{ name, context }] : []));
  const handedPort = handedPorts(folder, readable);
  const whole = new Map(
    all.map((script) => [
      script,
      withImportedOptions(folder, readable, withHandedPorts(folder, readable, handedPort, script)),
    ]),
  );
  const scripts = [...whole.values()];
  const byEntry = new Map(
    [...reached].map(([name, own]) => [name, own.map((script) => whole.get(script) ?? script)] as const),
  );
  const modules = new Set(scripts.flatMap(modulesOf));
  const isRead = (name: string): boolean => read.get(name) !== undefined;
  return {
    scripts,
    isWhole: scripts.length > 0 && scripts.every((script) => areAllModulesRead(folder, script, isRead)),
    modules,
    byEntry,
  };
}

/** The modules that node loads with a script; before a build those in its source. */
const modulesOf = ({ loaded, context }: ServerScript): readonly string[] =>
  ((loaded ? loaded.context : context)?.modules ?? []).map(({ specifier }) => specifier);

/** Are all the app's modules that a script loads among the scripts that are read? */
function areAllModulesRead(folder: AppFolder, script: ServerScript, isRead: (name: string) => boolean): boolean {
  const { loaded } = script;
  if (loaded === undefined) return false;
  const packages = new Set(modulesOf(script));
  const texts: readonly LoadedScript[] = loaded.source === script.source ? [loaded] : [loaded, script];
  return texts.every(
    ({ name, context }) =>
      context !== undefined &&
      !context.script.leftOut &&
      !/^eval\("/m.test(context.script.code) && // modules of webpack's devtool eval
      !loadsComputed(context.script) &&
      context.modules.every(({ specifier }) => {
        if (/\.(json|node)$/i.test(specifier)) return true;
        const file = resolveOwn(folder, name, specifier);
        if (file !== undefined) return isRead(file);
        // A name that is not in the compiled file may be a path alias of the app, which the compiler resolves.
        return !isLocal(specifier) && packages.has(specifier);
      }),
  );
}
