import type { BindingModel, SiteModel } from '../../config/index.js';

/** Where a site listens: `address` in the form that sockets use. */
export interface ListenPoint {
  readonly address: string;
  readonly port: number;
}

/** `*` listens on 127.0.0.1: the embedded IIS opens nothing to the network unless a binding names an address. */
export function listenPoint(binding: BindingModel): ListenPoint {
  const address = binding.address === '*' || binding.address === '' ? '127.0.0.1' : binding.address;
  return { address: address.replace(/^\[|\]$/g, ''), port: binding.port };
}

/**
 * The site that answers on a listen point for a Host header: an exact host name first, then a `*.example.com` wildcard (IIS 10),
 * then a binding without host name. Undefined is HTTP.SYS's "Bad Request - Invalid Hostname".
 */
export function siteFor(sites: readonly SiteModel[], point: ListenPoint, hostHeader: string): SiteModel | undefined {
  const host = hostHeader.replace(/:\d+$/, '').toLowerCase();
  let best: { site: SiteModel; rank: number } | undefined;
  for (const site of sites) {
    for (const binding of site.bindings) {
      if (binding.protocol !== 'http' || !samePoint(listenPoint(binding), point)) continue;
      const rank = hostRank(binding.host.toLowerCase(), host);
      if (rank > (best?.rank ?? 0)) best = { site, rank };
    }
  }
  return best?.site;
}

export const samePoint = (a: ListenPoint, b: ListenPoint): boolean => a.port === b.port && a.address === b.address;

function hostRank(bound: string, host: string): number {
  if (bound === '') return 1;
  if (bound.startsWith('*.')) return host.endsWith(bound.slice(1)) ? 2 : 0;
  return bound === host ? 3 : 0;
}
