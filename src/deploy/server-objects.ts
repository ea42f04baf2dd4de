import { type Appcmd, type AppcmdXmlEntry, listApps, listPools, listSites, listVdirs } from '../appcmd/index.js';
import { listEntries, same } from './steps/run-appcmd.js';
import type { DeploymentRecord } from './types.js';

/** The sites, applications and pools of a server. */
export interface ServerObjects {
  readonly sites: readonly {
    readonly name: string;
    readonly bindings: string;
    readonly state: string;
    /** Why the running host does not listen for it, although the configuration has it started. */
    readonly notBound?: string;
  }[];
  readonly applications: readonly {
    readonly site: string;
    readonly path: string;
    readonly pool: string;
    readonly physicalPath: string;
    /** Deployed by deploy. */
    readonly deployed: boolean;
    /** Its URL; undefined where nothing listens. */
    readonly url: string | undefined;
  }[];
  readonly pools: readonly { readonly name: string; readonly state: string }[];
}

/** What only the caller knows of a site. */
export interface SiteFacts {
  /** Why it is not served. */
  notBound(site: string): string | undefined;
  /** The URL of an application of it; undefined where nothing listens. */
  url(site: AppcmdXmlEntry, path: string): string | undefined;
}

/** Asks appcmd for all of them. @throws UserError where the configuration cannot be read. */
export async function readObjects(
  appcmd: Appcmd,
  records: readonly DeploymentRecord[],
  facts: SiteFacts,
): Promise<ServerObjects> {
  const context = { appcmd };
  // One after another: when the configuration cannot be read, one of them says so.
  const sites = await listEntries(context, listSites());
  const [apps, vdirs, pools] = await Promise.all([
    listEntries(context, listApps()),
    listEntries(context, listVdirs()),
    listEntries(context, listPools()),
  ]);
  return {
    sites: sites.map((site) => {
      const obstacle = facts.notBound(site.name);
      return {
        name: site.name,
        bindings: site.get('bindings') ?? '',
        state: obstacle === undefined ? (site.get('state') ?? 'Unknown') : 'Stopped',
        ...(obstacle !== undefined && { notBound: obstacle }),
      };
    }),
    applications: apps.map((app) => {
      const name = app.get('SITE.NAME') ?? '';
      const path = app.get('path') ?? '';
      const site = sites.find((one) => same(one.name, name));
      const root = vdirs.find((vdir) => vdir.get('APP.NAME') === app.name && vdir.get('path') === '/');
      return {
        site: name,
        path,
        pool: app.get('APPPOOL.NAME') ?? '',
        physicalPath: root?.get('physicalPath') ?? '',
        deployed: records.some((record) => same(record.site, name) && same(record.path, path)),
        url: site === undefined ? undefined : facts.url(site, path),
      };
    }),
    pools: pools.map((pool) => ({ name: pool.name, state: pool.get('state') ?? 'Unknown' })),
  };
}
