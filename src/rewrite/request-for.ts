import { cookUrl } from './cook-url.js';
import type { RewriteRequest } from './types.js';

/** A hypothetical request, as from a client on the server itself. */
export interface ImaginedRequest {
  /** Path and query as in the request line. */
  readonly url: string;
  /** GET by default. */
  readonly method?: string;
  readonly scheme: 'http' | 'https';
  /** As in the Host header; localhost by default. */
  readonly host?: string;
  /** The scheme's own by default. */
  readonly port?: number;
  /** Lower-case names, besides Host. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a browser's WebSocket handshake: rules may check them. */
export const handshakeHeaders = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' } as const;

/** The request for rules; a URL that HTTP.SYS refuses has no path, and is treated as '/'. */
export function requestFor(imagined: ImaginedRequest): RewriteRequest {
  const { url, method = 'GET', scheme, host = 'localhost', port, headers } = imagined;
  const cooked = cookUrl(url);
  const { path, query } = 'path' in cooked ? cooked : { path: '/', query: '' };
  return {
    method,
    scheme,
    host,
    rawUrl: url,
    path,
    query,
    headers: { host, ...headers },
    protocol: 'HTTP/1.1',
    remoteAddress: '127.0.0.1',
    remotePort: 50_000,
    localAddress: '127.0.0.1',
    localPort: port ?? (scheme === 'https' ? 443 : 80),
  };
}
