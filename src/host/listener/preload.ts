import http from 'node:http';
import type { ConfigModel } from '../../config/index.js';
import { listenPoint, samePoint } from '../../pipeline/sections/index.js';
import type { HostAddress } from '../types.js';

/**
 * Application Initialization (learn.microsoft.com, "IIS 8.0 Application Initialization"): an application with preloadEnabled gets
 * a request for its root after its worker process started, which is what starts node before the first visitor comes.
 * `wanted` chooses among them. Does not wait for the answers, and their failures say nothing new: the visitor's request will.
 */
export function preload(
  model: ConfigModel,
  addresses: readonly HostAddress[],
  wanted: (application: { readonly site: string; readonly path: string; readonly pool: string }) => boolean,
): void {
  for (const site of model.sites) {
    const address = addresses.find(({ siteName }) => siteName === site.name);
    if (address === undefined) continue;
    const point = { address: address.host, port: address.port };
    const bound = site.bindings.find((binding) => samePoint(listenPoint(binding), point));
    for (const application of site.applications) {
      if (!application.preloadEnabled) continue;
      if (!wanted({ site: site.name, path: application.path, pool: application.pool })) continue;
      warmUp(address, bound?.host || 'localhost', `${application.path.replace(/\/$/, '')}/`);
    }
  }
}

function warmUp({ origin, port }: HostAddress, host: string, path: string): void {
  const { hostname } = new URL(origin);
  const headers = { Host: host, 'User-Agent': 'IIS Application Initialization Preload', Connection: 'close' };
  http
    .get({ host: hostname.replace(/^\[|\]$/g, ''), port, path: encodeURI(path), headers, agent: false })
    .on('response', (response) => response.resume())
    .on('error', () => undefined);
}
