import { existsSync } from 'node:fs';
import { embeddedAppcmd, listApps, listPools, listSites, listVdirs } from '../appcmd/index.js';
import { embeddedStore, type Home, hostStatus, requireHome } from '../host/index.js';
import { appUrl } from './app-url.js';
import { fileRecords } from './records.js';
import { listEntries } from './steps/acting.js';
import type { DeployContext } from './types.js';

/** The embedded IIS of a home, as it is now. */
export interface EmbeddedStatus {
  readonly home: string;
  /** undefined: no background host runs. */
  readonly host:
    | {
        readonly pid: number;
        /** When it came up; ISO 8601. */
        readonly since: string | undefined;
        readonly addresses: readonly { readonly site: string; readonly origin: string }[];
      }
    | undefined;
  readonly sites: readonly { readonly name: string; readonly bindings: string; readonly state: string }[];
  readonly applications: readonly {
    readonly site: string;
    readonly path: string;
    readonly pool: string;
    readonly physicalPath: string;
    /** Put there by deploy. */
    readonly deployed: boolean;
    /** Where it answers; undefined without a running host. */
    readonly url: string | undefined;
  }[];
  readonly pools: readonly { readonly name: string; readonly state: string }[];
}

/** Reads only: a home that was never used is shown as empty and stays unused. Throws UserError HOME_NOT_WRITABLE. */
export async function status(home: Home): Promise<EmbeddedStatus> {
  requireHome(home);
  const running = await hostStatus(home);
  const host =
    running === undefined
      ? undefined
      : {
          pid: running.pid,
          since: running.since,
          addresses: running.addresses.map(({ siteName, origin }) => ({ site: siteName, origin })),
        };
  const nothing = { home: home.directory, host, sites: [], applications: [], pools: [] };
  if (!existsSync(home.applicationHostFile)) return nothing;
  const context: DeployContext = {
    appcmd: embeddedAppcmd(embeddedStore(home)),
    signal: new AbortController().signal,
    run: async () => ({ exitCode: 1, stdout: '' }),
    target: 'embedded',
  };
  const [sites, apps, vdirs, pools, records] = await Promise.all([
    listEntries(context, listSites()),
    listEntries(context, listApps()),
    listEntries(context, listVdirs()),
    listEntries(context, listPools()),
    fileRecords(home.directory).all(),
  ]);
  return {
    ...nothing,
    sites: sites.map((site) => ({
      name: site.name,
      bindings: site.get('bindings') ?? '',
      state: site.get('state') ?? 'Unknown',
    })),
    applications: apps.map((app) => {
      const site = app.get('SITE.NAME') ?? '';
      const path = app.get('path') ?? '';
      const origin = host?.addresses.find((address) => address.site === site)?.origin;
      return {
        site,
        path,
        pool: app.get('APPPOOL.NAME') ?? '',
        physicalPath:
          vdirs.find((vdir) => vdir.get('APP.NAME') === app.name && vdir.get('path') === '/')?.get('physicalPath') ??
          '',
        deployed: records.some(
          (record) => record.target === 'embedded' && record.site === site && record.path === path,
        ),
        url: origin === undefined ? undefined : appUrl(`${origin}${path}`),
      };
    }),
    pools: pools.map((pool) => ({ name: pool.name, state: pool.get('state') ?? 'Unknown' })),
  };
}
