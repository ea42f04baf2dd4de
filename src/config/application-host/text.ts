import type { Product } from '../schema/types.js';
import { configSections } from './declared.js';
import { requireServableFolder } from './folder-name.js';
import { linesOf, type Markup, tag } from './markup.js';
import { applicationHost, type HostPool, type HostSite, sitesMarkup } from './sites.js';
import { handlersMarkup, modulesMarkup, webServerMarkup } from './web-server.js';

export interface ApplicationHostOptions {
  readonly sites: readonly HostSite[];
  /** By name, or with attributes. Pools that the sites' applications name are added when they are missing here. */
  readonly pools: readonly (string | HostPool)[];
  /** true: handlers and modules may be set in web.config, as after an ASP.NET install, and rewrite rules may set HTTP_CONNECTION. */
  readonly unlocked?: boolean;
  /** Products besides IIS whose sections are declared; URL Rewrite and iisnode by default. The proxy of Application Request Routing is enabled. */
  readonly installed?: readonly Product[];
}

/**
 * The applicationHost.config of a minimal IIS 10 with URL Rewrite, iisnode, the WebSocket feature and Application
 * Initialization installed. Lines end with CR LF, as IIS's own do. Throws UserError FOLDER_NAME_UNUSABLE.
 */
export function applicationHostText({
  sites,
  pools,
  unlocked = false,
  installed = ['rewrite', 'iisnode'],
}: ApplicationHostOptions): string {
  for (const { applications } of sites)
    for (const { physicalPath } of applications) requireServableFolder(physicalPath);
  const configuration = tag('configuration', {}, [
    configSections(installed),
    applicationHost(sites, allPools(sites, pools)),
    webServerMarkup(unlocked, installed),
    ...(unlocked ? [unlockedLocation(installed)] : []),
  ]);
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...linesOf(configuration), ''].join('\r\n');
}

/** Its sites alone, in a document of their own; for `LoadOptions.sites`. Throws UserError FOLDER_NAME_UNUSABLE. */
export function applicationHostSites(sites: readonly HostSite[]): string {
  for (const { applications } of sites)
    for (const { physicalPath } of applications) requireServableFolder(physicalPath);
  const configuration = tag('configuration', {}, [tag('system.applicationHost', {}, [sitesMarkup(sites)])]);
  return linesOf(configuration).join('\r\n');
}

/** The changes made by the ASP.NET and .NET Extensibility installers. */
const unlockedLocation = (installed: readonly Product[]): Markup =>
  tag('location', { path: '', overrideMode: 'Allow' }, [
    tag('system.webServer', {}, [modulesMarkup(installed), handlersMarkup]),
  ]);

function allPools(sites: readonly HostSite[], pools: readonly (string | HostPool)[]): readonly HostPool[] {
  const named = ['DefaultAppPool', ...sites.flatMap((site) => site.applications.flatMap(({ pool }) => pool ?? []))];
  const all = pools.map((pool): HostPool => (typeof pool === 'string' ? { name: pool } : pool));
  for (const name of named) {
    if (!all.some((pool) => pool.name.toLowerCase() === name.toLowerCase())) all.push({ name });
  }
  return all;
}
