import type { Exchange, LiveLook } from '../probe/index.js';

/** A live site, as it was seen from outside. */
export interface LiveReport {
  readonly url: string;
  /** What answers for the app, by the headers of its answers. */
  readonly servedBy: readonly string[];
  readonly connections: readonly LiveConnection[];
  /** Every request, in order: none was sent that is not here. */
  readonly requests: readonly LiveRequest[];
  /** Hosts besides the one of the URL that were asked: a page sends its clients there. */
  readonly otherHosts: readonly string[];
}

type LiveRequest = Omit<Exchange, 'headers'>;

/** One connection, made before the first request. Times are ms. */
export interface LiveConnection {
  readonly origin: string;
  readonly addresses: readonly string[];
  readonly address?: string;
  readonly protocol?: string;
  readonly offersHttp2?: boolean;
  readonly certificate?: object;
  readonly times: { readonly name: number; readonly connection?: number; readonly tls?: number };
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/** What is reported of a look. `servedBy`: what answered. */
export function liveReport(url: string, { exchanges, transports }: LiveLook, servedBy: readonly string[]): LiveReport {
  const { hostname } = new URL(url);
  const hosts = exchanges.map((each) => new URL(each.url)).filter((each) => each.hostname !== hostname);
  return {
    url,
    servedBy,
    connections: transports.map(({ origin, addresses, connected, tls, times }) => ({
      origin,
      addresses: addresses.map(({ address }) => address),
      ...(connected !== undefined && { address: connected }),
      ...(tls && { protocol: tls.protocol, offersHttp2: tls.offersHttp2 }),
      ...(tls?.certificate && { certificate: tls.certificate }),
      times: {
        name: rounded(times.name),
        ...(times.connection !== undefined && { connection: rounded(times.connection) }),
        ...(times.tls !== undefined && { tls: rounded(times.tls) }),
      },
    })),
    requests: exchanges.map(({ headers: _headers, startedAt, headMs, ms, ...each }) => ({
      ...each,
      startedAt: rounded(startedAt),
      headMs: headMs === undefined ? undefined : rounded(headMs),
      ms: rounded(ms),
    })),
    otherHosts: [...new Set(hosts.map(({ host }) => host))],
  };
}
