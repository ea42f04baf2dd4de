import { domainToASCII } from 'node:url';
import type { BindingModel, SiteModel } from '../../config/index.js';

/** Where a site listens: `address` in the form that sockets use. */
export interface ListenPoint {
  readonly protocol: 'http' | 'https';
  readonly address: string;
  readonly port: number;
}

/**
 * `*` listens on 127.0.0.1: the embedded IIS opens nothing to the network unless a binding names an address. Undefined for a
 * protocol that is not HTTP's.
 */
export function listenPoint({ protocol: written, ...binding }: BindingModel): ListenPoint | undefined {
  const protocol = written.toLowerCase();
  if (protocol !== 'http' && protocol !== 'https') return undefined;
  const address = binding.address === '*' || binding.address === '' ? '127.0.0.1' : binding.address;
  return { protocol, address: address.replace(/^\[|\]$/g, ''), port: binding.port };
}

/**
 * The site that answers on a listen point for a Host header: an exact host name first, then a `*.example.com` wildcard (IIS 10),
 * then a binding without host name; of two of these the one that names the address. Undefined is HTTP.SYS's "Bad Request - Invalid Hostname".
 */
export function siteFor(sites: readonly SiteModel[], point: ListenPoint, hostHeader: string): SiteModel | undefined {
  const host = hostHeader.replace(/:\d+$/, '').toLowerCase();
  let best: { site: SiteModel; rank: number } | undefined;
  for (const site of sites) {
    for (const binding of site.bindings) {
      const own = listenPoint(binding);
      if (own?.protocol !== point.protocol || !samePoint(own, point)) continue;
      const rank = hostRank(asciiOf(binding.host.toLowerCase()), host) * (binding.address === '*' ? 1 : 1.5);
      if (rank > (best?.rank ?? 0)) best = { site, rank };
    }
  }
  return best?.site;
}

/** The same port of the same address; one port has one protocol. */
export const samePoint = (
  a: Pick<ListenPoint, 'address' | 'port'>,
  b: Pick<ListenPoint, 'address' | 'port'>,
): boolean => a.port === b.port && a.address === b.address;

/** As a browser sends it in the Host header. (unconfirmed) IIS may need a name with letters of other languages in this form already. */
const asciiOf = (host: string): string => (/^[\0-\x7f]*$/.test(host) ? host : domainToASCII(host));

function hostRank(bound: string, host: string): number {
  if (bound === '') return 1;
  if (bound.startsWith('*.')) return host.endsWith(bound.slice(1)) ? 2 : 0;
  return bound === host ? 3 : 0;
}
