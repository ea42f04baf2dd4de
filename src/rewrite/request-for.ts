import { cookUrl } from './cook-url.js';
import type { RewriteRequest } from './types.js';

/** A request that nobody sent: what a client on the server itself would send. */
export interface ImaginedRequest {
  /** Path and query as in the request line. */
  readonly url: string;
  /** GET by default. */
  readonly method?: string;
  readonly scheme: 'http' | 'https';
  /** As the Host header has it; localhost by default. */
  readonly host?: string;
  /** The scheme's own by default. */
  readonly port?: number;
  /** Lower-case names, besides Host. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a browser sends with a WebSocket handshake: rules may tell it from other requests by that. */
export const handshakeHeaders = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' } as const;

/** The request as rules see it; a URL that HTTP.SYS refuses has no path, and stands for '/'. */
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
