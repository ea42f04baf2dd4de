import http from 'node:http';
import https from 'node:https';
import type { ApplicationModel, ConfigModel, SiteModel } from '../../config/index.js';
import { listenPoint, samePoint } from '../../pipeline/sections/index.js';
import type { HostAddress } from '../types.js';
import { reachable } from './endpoints.js';

/** An application to preload. */
export interface Preloaded {
  readonly pool: string;
  /** A text that changes when the application's URL, pool or folder changes. */
  readonly place: string;
}

/** The applications with preloadEnabled of all sites. */
export function preloadedOf(model: ConfigModel): readonly Preloaded[] {
  return model.sites.flatMap((site) =>
    site.applications.filter(({ preloadEnabled }) => preloadEnabled).map((application) => toPreload(site, application)),
  );
}

function toPreload(site: SiteModel, { path, pool, virtualDirectories }: ApplicationModel): Preloaded {
  const root = virtualDirectories.find((directory) => directory.path === '/');
  return { pool, place: JSON.stringify([site.name, path, pool, root?.physicalPath]) };
}

/**
 * Application Initialization (learn.microsoft.com, "IIS 8.0 Application Initialization"): an application with preloadEnabled gets
 * a request for its root after its worker process started, so that node starts before the first visitor comes.
 * `wanted` filters them. Does not wait for the answers, and ignores failures: the visitor's request reports them.
 */
export function preload(
  model: ConfigModel,
  addresses: readonly HostAddress[],
  wanted: (application: Preloaded) => boolean,
): void {
  for (const site of model.sites) {
    const address = addresses.find(({ siteName }) => siteName === site.name);
    if (address === undefined) continue;
    const point = { address: address.host, port: address.port };
    const bound = site.bindings.find((binding) => {
      const own = listenPoint(binding);
      return own !== undefined && samePoint(own, point);
    });
    for (const application of site.applications) {
      if (!application.preloadEnabled) continue;
      if (!wanted(toPreload(site, application))) continue;
      warmUp(address, bound?.host || 'localhost', `${application.path.replace(/\/$/, '')}/`);
    }
  }
}

function warmUp({ origin, host: address, port }: HostAddress, host: string, path: string): void {
  const headers = { Host: host, 'User-Agent': 'IIS Application Initialization Preload', Connection: 'close' };
  const place = { host: reachable(address), port, path: encodeURI(path), headers, agent: false };
  // The certificate is for visitors: here the host asks itself.
  const sent = origin.startsWith('http:')
    ? http.get(place)
    : https.get({ ...place, servername: host, rejectUnauthorized: false });
  sent.on('response', (response) => response.resume()).on('error', () => undefined);
}
