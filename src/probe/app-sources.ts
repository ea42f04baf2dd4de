import type { App } from '../app/index.js';
import { type Place, placeAt, readServerSources, type ServerScript, type SocketServer } from '../source/index.js';
import { withoutEnd, withoutStart } from '../trimmed.js';
import type { AppSources } from './types.js';

/** What of an app is read for it. */
type SourcesOfApp = Pick<App, 'directory' | 'folder'> & {
  loadedBy(entry: string): { readonly name: string } | undefined;
};

/** What the sources of an app say about its page and its socket.io, as the look at the live app needs it. */
export function appSources(
  app: SourcesOfApp,
  { entry, vdirPath }: { readonly entry: string; readonly vdirPath: string },
): AppSources {
  const loaded = app.loadedBy(entry);
  const hasLoader = loaded !== undefined;
  const { scripts, isWhole, modules } = readServerSources(app.folder, [loaded ?? { name: entry }]);
  const servers = scripts.flatMap(({ sockets }) => sockets.servers);
  const routes = scripts.flatMap((script) => script.routes.routes);
  const hasPage = routes.some(({ isStatic, path }) =>
    path?.kind === 'literal' ? path.value === '/' || path.value === vdirPath : isStatic,
  );
  const [first] = servers;
  const isBound = scripts.some(({ reach }) => reach.isBound);
  const paths = isBound ? undefined : first ? pathsOf(servers, vdirPath) : gatewayPaths(vdirPath);
  const at = first?.at ?? gatewayWithPort(scripts);
  if (at === undefined || paths === undefined)
    return { hasPage, hasLoader, hasNoSockets: isWhole && ![...modules].some(mayOpenSockets) };
  // The loader merges such a server into the one that IIS serves.
  const isOutside = (first === undefined || first.hasOwnPort) && loaded === undefined;
  const place = `${nameIn(app, at)}${isOutside ? ', on a port of its own, which does not go through IIS' : ''}`;
  return { hasPage, hasLoader, hasNoSockets: false, socketIo: { paths, at: place } };
}

/** Packages that serve sockets, and those of frameworks that may. */
const mayOpenSockets = (name: string): boolean =>
  /socket|^ws$|engine\.io|faye|primus|sockjs|signalr|pubsub|^@nestjs\/|^next$|^meteor|feathers|graphql|mqtt|express-ws|colyseus/i.test(
    name,
  );

const gatewayPaths = (vdirPath: string): readonly string[] => [`${vdirPath === '/' ? '' : vdirPath}/socket.io`];

/** `@WebSocketGateway(8085)` of Nest, as written or compiled: a server on a port of its own. */
function gatewayWithPort(scripts: readonly ServerScript[]): Place | undefined {
  for (const { source } of scripts) {
    const found = /\bWebSocketGateway\)?\(\s*\d/.exec(source.text);
    if (found !== null) return placeAt(source, found.index);
  }
  return undefined;
}

const nameIn = ({ directory }: SourcesOfApp, { file, line }: Place): string =>
  `${file.startsWith(directory) ? file.slice(directory.length + 1).replaceAll('\\', '/') : file}:${line}`;

/** Where they may be seen from outside; undefined where the sources do not say it. */
function pathsOf(servers: readonly SocketServer[], vdirPath: string): readonly string[] | undefined {
  const base = vdirPath === '/' ? '' : vdirPath;
  const found: string[] = [];
  for (const { options } of servers) {
    const { path, known } = options;
    if (path === undefined ? !known : path.value.kind !== 'literal') return undefined;
    const written = path?.value.kind === 'literal' ? String(path.value.value) : '/socket.io';
    const own = `/${withoutEnd(withoutStart(written, '/'), '/')}`;
    // Only what is below the vdir path comes to the app; the loader takes that path off.
    found.push(`${own}/`.startsWith(`${base}/`) ? own : `${base}${own}`);
  }
  return [...new Set(found)];
}
