import type { FileError } from '../files/index.js';
import {
  isBuildProduct,
  type Place,
  readFolder,
  readOtherScripts,
  readPages,
  readServerSources,
  readSocketClients,
  type ServerScript,
  type SocketClient,
} from '../source/index.js';

/** What an app's own code says about servers, clients and pages. */
export interface AppSources {
  /** The scripts that make the server: those the entry point loads, or what they are built from. */
  readonly servers: readonly ServerScript[];
  /** The entry point itself; undefined when it cannot be read. */
  readonly entry: ServerScript | undefined;
  /** What the entry point loads, itself first; of an app that is built what the compiler made. */
  readonly loaded: readonly ServerScript[];
  readonly clients: readonly SocketClient[];
  readonly scriptTags: readonly { readonly src: string; readonly at: Place }[];
  /** What was to be read and could not be, though something has that name. */
  readonly unread: readonly FileError[];
}

/**
 * Reads the app in a folder; not what it installed, its tests, its bundles.
 *
 * @param entry Its entry point, relative, forward slashes; undefined: every script may be the server's.
 * @param scripts The names of the scripts in package.json.
 */
export function readAppSources(directory: string, entry: string | undefined, scripts: readonly string[]): AppSources {
  const folder = readFolder(directory, false);
  const pages = readPages(folder);
  const loaded = entry === undefined ? [] : readServerSources(folder, [{ name: entry }]).scripts;
  const isBuilt = entry !== undefined && isBuildProduct(entry, scripts, (file) => folder.isFile(file));
  // A compiler may write beside the sources of pages: then its products are those that the entry point loads.
  const products = isBuilt ? entry.replace(/[^/]*$/, '') : '';
  const known = new Set([
    ...loaded.flatMap(({ name, loaded: product }) => [name, product?.name ?? name]),
    ...pages.flatMap(({ files }) => files),
  ]);
  const others = readOtherScripts(folder, known).filter(({ name }) => products === '' || !name.startsWith(products));
  const servers = serversAmong(loaded, others.filter(isServer), isBuilt);
  const bundled = others.filter((script) => !servers.includes(script));
  return {
    servers,
    entry: loaded[0],
    loaded,
    clients: [
      ...pages.flatMap(({ clients }) => clients),
      ...bundled.flatMap(({ context }) => (context ? readSocketClients(context) : [])),
    ],
    scriptTags: pages.flatMap((page) => page.scripts),
    unread: folder.unread,
  };
}

const isServer = ({ sockets, listens, routes }: ServerScript): boolean =>
  sockets.servers.length > 0 || listens.length > 0 || routes.handed !== undefined;
const hasSockets = (scripts: readonly ServerScript[]): boolean =>
  scripts.some(({ sockets }) => sockets.servers.length > 0);

/** People change sources and not what is built from them; and an entry may load its server in ways nobody can follow. */
function serversAmong(
  loaded: readonly ServerScript[],
  others: readonly ServerScript[],
  isBuilt: boolean,
): readonly ServerScript[] {
  if (isBuilt && hasSockets(others)) return others;
  return hasSockets(loaded) ? loaded : [...loaded, ...others];
}
