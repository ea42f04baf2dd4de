import type { RewriteRequest, RewriteResult, RewriteSite } from '../../rewrite/index.js';
import type { RequestContext } from '../pipeline/context.js';
import { statOf } from '../pipeline/disk.js';
import { addHeader } from './outbound-headers.js';

const inboundRuns = new WeakMap<RequestContext, RewriteResult>();

/** What the rules did to a request; later rules go on from there, so that X-Original-URL stays what the client sent. */
export function keepInboundRun(context: RequestContext, result: RewriteResult): void {
  inboundRuns.set(context, result);
}

/** The option of rewrite and rewriteResponse that makes them go on from the rules before. */
export function inboundRunSoFar(context: RequestContext): { readonly after?: RewriteResult } {
  const after = inboundRuns.get(context);
  return after === undefined ? {} : { after };
}

/** The request as the rules see it. */
export function rewriteRequest(context: RequestContext): RewriteRequest {
  const { incoming } = context;
  const { socket } = incoming;
  return {
    method: incoming.method ?? 'GET',
    scheme: 'http',
    host: incoming.headers.host ?? '',
    rawUrl: incoming.url ?? '/',
    path: context.path,
    query: context.query,
    headers: flatHeaders(context),
    protocol: `HTTP/${incoming.httpVersion}`,
    remoteAddress: socket.remoteAddress ?? '',
    remotePort: socket.remotePort ?? 0,
    localAddress: socket.localAddress ?? '',
    localPort: socket.localPort ?? 0,
  };
}

/** Lower-case names, repeated headers joined by a comma. */
function flatHeaders({ headers }: RequestContext): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of headers) addHeader(flat, name, value);
  return flat;
}

/** The site, and the disk, as the rules may ask for them. */
export function rewriteSite(context: RequestContext): RewriteSite {
  const { site, snapshot } = context;
  const { application } = context.config.at;
  return {
    siteName: site.name,
    siteId: site.id,
    poolName: application.pool,
    applicationPath: application.path,
    get applicationPhysicalPath() {
      return snapshot.at(site, application.path).at.physicalPath;
    },
    get sitePhysicalPath() {
      return snapshot.at(site, '/').at.physicalPath;
    },
    mapPath: (path) => snapshot.at(site, path).at.physicalPath,
    isFile: (physicalPath) => statOf(physicalPath)?.isFile() ?? false,
    isDirectory: (physicalPath) => statOf(physicalPath)?.isDirectory() ?? false,
  };
}
