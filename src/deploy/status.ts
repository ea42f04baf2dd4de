import { existsSync } from 'node:fs';
import { embeddedAppcmd, listApps, listPools, listSites, listVdirs } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import { embeddedStore, type Home, hostStatus, requireHome, type SiteNotBound, silentHost } from '../host/index.js';
import { deploymentRecords } from './all-records.js';
import { appUrl } from './app-url.js';
import { type JournalEntry, readJournal } from './releases/journal.js';
import { listEntries, same } from './steps/run-appcmd.js';
import { expressFolder } from './targets/express/express.js';
import { expressProcesses, isRunning } from './targets/express/express-host.js';
import { isExpress } from './targets/express/find-express.js';
import type { DeploymentRecord } from './types.js';

/** The current state of the embedded IIS of a home, and of IIS Express as far as deploy uses it. */
export interface EmbeddedStatus {
  readonly home: string;
  /** undefined: no background host runs. */
  readonly host:
    | {
        readonly pid: number;
        /** When it started; ISO 8601. */
        readonly since: string | undefined;
        readonly addresses: readonly { readonly site: string; readonly origin: string }[];
      }
    | undefined;
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
    /** Its URL; undefined without a running host. */
    readonly url: string | undefined;
  }[];
  readonly pools: readonly { readonly name: string; readonly state: string }[];
  /** The ID of a host process that does not answer: it hangs, or is starting. */
  readonly silent: number | undefined;
  /** Deployed apps from deploy's records: known also when the configuration cannot be read. */
  readonly deployed: readonly {
    readonly site: string;
    readonly path: string;
    readonly directory: string;
    /** The live release; undefined: the app's own folder is live. */
    readonly release: string | undefined;
    /** The newest line of the journal beside the releases; undefined: there is none. */
    readonly last: JournalEntry | undefined;
  }[];
  /** Applications that deploy has put on IIS Express. */
  readonly iisExpress: readonly {
    readonly target: string;
    readonly site: string;
    readonly path: string;
    readonly directory: string;
    /** Of iisexpress.exe; undefined: it does not run. */
    readonly pid: number | undefined;
    readonly url: string | undefined;
    /** What iisexpress.exe prints; undefined: it does not run. */
    readonly log: string | undefined;
  }[];
  /** Files that cannot be read, so their content is missing here. */
  readonly problems: readonly { readonly what: string; readonly why: string; readonly next: string }[];
}

/**
 * Reads only: a home that was never used is shown as empty and stays unused. What cannot be read is left out and named in
 * `problems`. Throws UserError HOME_NOT_WRITABLE.
 */
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
  const problems: EmbeddedStatus['problems'][number][] = [];
  const orElse = async <T>(look: () => Promise<T>, nothing: T): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { what, why, next } = error;
      problems.push({ what, why, next });
      return nothing;
    }
  };
  const records = await orElse(() => deploymentRecords(home).all(), []);
  const embedded = records.filter(({ target }) => target === 'embedded');
  const objects = await orElse(() => objectsOf(home, host, embedded, running?.notBound ?? []), {
    sites: [],
    applications: [],
    pools: [],
  });
  return {
    home: home.directory,
    host,
    silent: host === undefined ? silentHost(home) : undefined,
    ...objects,
    deployed: embedded.map(({ site, path, directory, releases }) => ({
      site,
      path,
      directory,
      release: releases?.live,
      last: releases === undefined ? undefined : readJournal(releases.base).at(-1),
    })),
    iisExpress: await Promise.all(
      records.filter(({ target }) => isExpress(target)).map((record) => expressStatus(home, record)),
    ),
    problems,
  };
}

async function expressStatus(
  home: Home,
  { target, site, path, directory }: DeploymentRecord,
): Promise<EmbeddedStatus['iisExpress'][number]> {
  const file = target.slice('iisexpress:'.length);
  const found = expressProcesses(expressFolder(home)).find(
    (one) => same(one.site, site) && (file === '' || same(one.file, file)),
  );
  const running = found !== undefined && (await isRunning(found)) ? found : undefined;
  const url = running && appUrl(`http://localhost:${running.port}${path}`);
  return { target, site, path, directory, pid: running?.pid, url, log: running?.log };
}

/** Sites, applications and pools of the configuration. */
async function objectsOf(
  home: Home,
  host: EmbeddedStatus['host'],
  records: readonly DeploymentRecord[],
  notBound: readonly SiteNotBound[],
): Promise<Pick<EmbeddedStatus, 'sites' | 'applications' | 'pools'>> {
  if (!existsSync(home.applicationHostFile)) return { sites: [], applications: [], pools: [] };
  const context = { appcmd: embeddedAppcmd(embeddedStore(home)) };
  // One after another: when the configuration cannot be read, one of them says so.
  const sites = await listEntries(context, listSites());
  const [apps, vdirs, pools] = await Promise.all([
    listEntries(context, listApps()),
    listEntries(context, listVdirs()),
    listEntries(context, listPools()),
  ]);
  return {
    sites: sites.map((site) => {
      const obstacle = notBound.find(({ siteName }) => same(siteName, site.name));
      return {
        name: site.name,
        bindings: site.get('bindings') ?? '',
        state: obstacle === undefined ? (site.get('state') ?? 'Unknown') : 'Stopped',
        ...(obstacle && { notBound: obstacle.why }),
      };
    }),
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
        deployed: records.some((record) => record.site === site && record.path === path),
        url: origin === undefined ? undefined : appUrl(`${origin}${path}`),
      };
    }),
    pools: pools.map((pool) => ({ name: pool.name, state: pool.get('state') ?? 'Unknown' })),
  };
}
