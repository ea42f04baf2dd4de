import type { SiteModel } from '../config/index.js';
import { type CompiledRewrite, type ImaginedRequest, type RewriteRequest, requestFor } from '../rewrite/index.js';
import type { ConfigSnapshot } from './path-config.js';

/** A request as HTTP.SYS passes it to IIS. Its `path` and `query` are the cooked ones of `rawUrl`; header names are lower case. */
export interface PipelineRequest extends RewriteRequest {
  /** HTTP.SYS hands over the connection when the request is answered: the client asked for an upgrade (`asksForUpgrade`). */
  readonly isUpgrade: boolean;
}

/** The access to the disk. Names are compared ignoring case, as on Windows. */
export interface Disk {
  isFile(physicalPath: string): boolean;
  isDirectory(physicalPath: string): boolean;
  /** The spelling of an existing path on disk; the path itself where it does not exist, or where the spelling is unknown. */
  spelling?(physicalPath: string): string;
}

/** The site of a request, and the disk below it. */
export interface PipelineSite {
  readonly snapshot: ConfigSnapshot;
  readonly site: SiteModel;
  readonly disk: Disk;
  /** Used instead of the rules of the web.config files, to find out what other rules would do. */
  readonly rules?: CompiledRewrite;
}

/** Is it a request that HTTP.SYS upgrades: a GET without a body and with `Connection: Upgrade`? Header names are lower case. */
function asksForUpgrade(method: string, headers: Readonly<Record<string, string | undefined>>): boolean {
  const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return (
    method === 'GET' &&
    !hasBody &&
    headers.upgrade !== undefined &&
    /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers.connection ?? '')
  );
}

/** A hypothetical request, to find out what would happen to it. */
export function imaginedRequest(imagined: ImaginedRequest): PipelineRequest {
  const request = requestFor(imagined);
  return { ...request, isUpgrade: asksForUpgrade(request.method, request.headers) };
}
