import { isIisnodeHandler } from '../../app/index.js';
import type { OptionSpot, Place, ServerScript, SocketOptions } from '../../source/index.js';
import { withoutEnd } from '../../trimmed.js';
import { otherHosts, runsApp, takesApp } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';

/** Libraries that upgrade connections to WebSocket. */
const realtimeModules = [
  'socket.io',
  'engine.io',
  'ws',
  'faye',
  'faye-websocket',
  'sockjs',
  'websocket',
  'primus',
  'express-ws',
  'uws',
];

/** The app is hosted by another module than iisnode (ARR, HttpPlatformHandler): advice for iisnode would be wrong. */
export function hostedElsewhere({ site, webConfig }: FileFacts): boolean {
  if (!site || site.iisnodeHandlers.length > 0) return false;
  if (webConfig.document && otherHosts(webConfig.document).length > 0) return true;
  // What applications above have.
  const modules = site.handlers?.mappings.some((mapping) => mapping.modules.some(runsApp)) ?? false;
  const isProxied = site.rewrite?.rules.some(
    ({ action, match }) => action.type === 'Rewrite' && takesApp(action.url, match?.url),
  );
  return modules || (isProxied ?? false);
}

/** A rule hands the app's requests to a server that something else starts: pm2, a service. */
export function isBehindProxy({ site, webConfig }: FileFacts): boolean {
  if (!site || site.iisnodeHandlers.length > 0 || !webConfig.document) return false;
  const hosts = otherHosts(webConfig.document);
  return hosts.length > 0 && hosts.every(({ kind }) => kind === 'a reverse proxy');
}

/** Do the server's sources exist and parse as JavaScript? */
export function sourcesAreReadable({ server }: FileFacts): boolean {
  return server.scripts.length > 0 && server.scripts.every((script) => script.context !== undefined);
}

/** Which of the modules the app uses: from its sources, or from package.json where there are none. */
function used(facts: FileFacts, names: readonly string[]): string[] {
  const written = names.filter((name) => facts.server.modules.has(name));
  if (written.length > 0 || sourcesAreReadable(facts)) return written;
  return names.filter((name) => name in facts.package.dependencies);
}

export function usesSocketIo(facts: FileFacts): boolean {
  return used(facts, ['socket.io']).length > 0;
}

/** Names of the realtime libraries in use: 'socket.io', 'ws'. */
export function realtimeLibraries(facts: FileFacts): readonly string[] {
  return used(facts, realtimeModules);
}

/** Packages that open sockets in frameworks. */
const socketPackages =
  /^(@nestjs\/(websockets|platform-(socket\.io|ws))|@feathersjs\/(socketio|primus)|(@fastify|koa|fastify|hapi|@hapi|@hono\/node|graphql)[-/](websocket|nes|ws|socket\.io)|koa-socket(-2)?|koa-easy-ws|crossws|colyseus|@colyseus\/.+|socketcluster-server|@hocuspocus\/server|y-websocket)$/;
/** socket.io by itself or in another package, at its usual URL. */
const ofSocketIo = [
  'socket.io',
  '@nestjs/platform-socket.io',
  '@feathersjs/socketio',
  'fastify-socket.io',
  'koa-socket-2',
];

const opensSockets = (name: string): boolean => realtimeModules.includes(name) || socketPackages.test(name);

/** Does the app's own code load a package that opens sockets, or have a gateway of a framework? */
export const loadsSockets = ({ server }: FileFacts): boolean =>
  [...server.modules].some(opensSockets) || server.scripts.some(({ habits }) => habits.gateways.length > 0);

/** Does the app open sockets, and where? Where its sources do not show all modules, what package.json has counts. */
export function openedSockets(facts: FileFacts): { readonly at: Place | undefined } | undefined {
  const { scripts, isWhole } = facts.server;
  for (const { context, sockets, habits } of scripts) {
    const made = sockets.servers[0]?.at ?? habits.gateways[0]?.at;
    const loaded = context?.modules.find(({ specifier }) => opensSockets(specifier));
    const at = made ?? (loaded && context?.place(loaded.start));
    if (at !== undefined) return { at };
  }
  return !isWhole && Object.keys(facts.package.dependencies).some(opensSockets) ? { at: undefined } : undefined;
}

/**
 * Where the app takes upgrades to WebSocket: 'none' where all its code is known and opens no sockets, 'any' where it has other sockets
 * than socket.io's, or a path of its own, or one that is not known; undefined: at socket.io's usual URL.
 */
export function upgradesOf(facts: FileFacts): 'any' | 'none' | undefined {
  const { isWhole, modules } = facts.server;
  const { dependencies, ofWorkspaces } = facts.package;
  const has = ofSocketIo.some((name) => modules.has(name) || name in dependencies || ofWorkspaces.has(name));
  if (!has) return isWhole && openedSockets(facts) === undefined ? 'none' : 'any';
  const isUsual = serverPaths(facts).every(({ path }) => path?.endsWith('/socket.io') === true);
  const others = [...modules].some((name) => opensSockets(name) && !ofSocketIo.includes(name) && name !== 'engine.io');
  const isBound = facts.server.scripts.some(({ reach }) => reach.isBound);
  return others || isBound || !isUsual ? 'any' : undefined;
}

/** Every socket.io server allows only polling, and no page uses only WebSocket: there will be no upgrade. */
export function isPollingOnly(facts: FileFacts): boolean {
  if (realtimeLibraries(facts).some((name) => name !== 'socket.io')) return false;
  const clients = facts.pages.flatMap((page) => page.clients);
  const insists = clients.some(({ options }) => options.transports?.every((name) => name === 'websocket') ?? false);
  return serversOnlyPoll(facts) && !insists;
}

/** Every socket.io server of the app, of which there is one, refuses upgrades itself. */
export function serversOnlyPoll({ server }: Pick<FileFacts, 'server'>): boolean {
  const servers = server.scripts.flatMap((script) => script.sockets.servers);
  const polling = (transports: readonly string[] | undefined): boolean =>
    transports !== undefined && transports.length > 0 && transports.every((name) => name === 'polling');
  return servers.length > 0 && servers.every(({ options }) => polling(options.transports));
}

/** Are all options known from the creation of a server? Not if they are set later, in any file. */
export const optionsAreKnown = ({ server }: FileFacts, { known }: SocketOptions): boolean =>
  known && !server.scripts.some(({ reach }) => reach.setsOptionsLater);

/** The path of the socket.io server. */
export interface ServerPath {
  /** '/socket.io', '/dante/socket.io'; undefined when it is computed or unknown. */
  readonly path: string | undefined;
  /** False: socket.io's own default. */
  readonly isSet: boolean;
  readonly at: Place;
  /** The script, and the place for the option. */
  readonly script: ServerScript;
  readonly spot: OptionSpot | undefined;
}

/** Without a slash at the end, as in socket.io. */
export const withoutEndSlash = (path: string): string => withoutEnd(path, '/');

/** One for each socket.io server in the sources; a server on its own port is reported by FIXED_PORT. The 0.9 API's `resource` counts as computed: another rule reports it. */
export function serverPaths(facts: FileFacts): ServerPath[] {
  return facts.server.scripts.flatMap((script) => {
    const { sockets } = script;
    const old = sockets.oldApi.some(({ setting }) => setting === 'resource');
    const attached = sockets.servers.filter(({ hasOwnPort }) => !hasOwnPort);
    return attached.map(({ options, at }): ServerPath => {
      const { path, spot } = options;
      const base = { script, spot };
      if (path?.value.kind === 'literal')
        return { ...base, path: withoutEndSlash(String(path.value.value)), isSet: true, at: path.at };
      if (path || !optionsAreKnown(facts, options) || old)
        return { ...base, path: undefined, isSet: path !== undefined, at: path?.at ?? at };
      return { ...base, path: '/socket.io', isSet: false, at };
    });
  });
}

/**
 * If the vdir path is unknown: is 'api/socket.io' a folder of the app, or the vdir path and socket.io's own folder?
 * Only rules that match exactly it indicate the former.
 */
export function isOwnFolder({ query }: FileFacts, folder: string): boolean {
  const reaches = (start: string): boolean => query.journey(`${start}/?EIO=4&transport=websocket`)?.isIisnode === true;
  return reaches(folder) && !reaches('socket.io');
}

/** The folder part of socket.io's URLs below the app: 'socket.io' unless the server has another one that matches the vdir path. */
export function socketFolder(facts: FileFacts): string {
  const prefix = facts.vdirPath && facts.vdirPath.path !== '/' ? `${facts.vdirPath.path}/` : '/';
  for (const { path, isSet } of serverPaths(facts)) {
    if (!isSet || path === undefined || !path.startsWith(prefix) || path.length === prefix.length) continue;
    const folder = path.slice(prefix.length);
    if (facts.vdirPath === undefined && folder.endsWith('/socket.io') && !isOwnFolder(facts, folder)) continue;
    return folder;
  }
  return 'socket.io';
}

/** Is one of the app's entries mapped to iisnode? */
export function hasIisnodeHandler({ site }: FileFacts): boolean {
  return (site?.handlers?.mappings ?? []).some(isIisnodeHandler);
}
