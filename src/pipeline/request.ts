import type { SiteModel } from '../config/index.js';
import { type CompiledRewrite, type ImaginedRequest, type RewriteRequest, requestFor } from '../rewrite/index.js';
import type { ConfigSnapshot } from './path-config.js';

/** A request as HTTP.SYS hands it to IIS. Its `path` and `query` are the cooked ones of `rawUrl`; header names are lower case. */
export interface PipelineRequest extends RewriteRequest {
  /** HTTP.SYS lets go of the connection when it is answered: the client asked for an upgrade (`asksForUpgrade`). */
  readonly isUpgrade: boolean;
}

/** The only questions asked of the disk. Names compare without case, as on Windows. */
export interface Disk {
  isFile(physicalPath: string): boolean;
  isDirectory(physicalPath: string): boolean;
  /** What is there as the disk spells it; the path itself where nothing is, and where no spelling is given. */
  spelling?(physicalPath: string): string;
}

/** The site a request goes to, and the disk below it. */
export interface PipelineSite {
  readonly snapshot: ConfigSnapshot;
  readonly site: SiteModel;
  readonly disk: Disk;
  /** Asked instead of the rules of the web.config files: what would happen with others. */
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

/** A request that nobody sent, for those who ask what would become of it. */
export function imaginedRequest(imagined: ImaginedRequest): PipelineRequest {
  const request = requestFor(imagined);
  return { ...request, isUpgrade: asksForUpgrade(request.method, request.headers) };
}
