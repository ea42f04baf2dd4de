import { existsSync } from 'node:fs';
import { type Appcmd, embeddedAppcmd, findAppcmdExe, realAppcmd } from '../appcmd/index.js';
import { UserError } from '../errors.js';
import {
  embeddedStore,
  type Home,
  hostStatus,
  lookTime,
  memoryOf,
  type ProcessSeen,
  requireHome,
  type ServeSeen,
  type SiteNotBound,
  servesOf,
  silentHost,
} from '../host/index.js';
import { deploymentRecords } from './all-records.js';
import { appUrl } from './app-url.js';
import { journalFolder } from './releases/base-folder.js';
import { type JournalEntry, readJournal } from './releases/journal.js';
import { liveRelease } from './releases/live-release.js';
import { readObjects, type ServerObjects } from './server-objects.js';
import { findApp, same } from './steps/run-appcmd.js';
import { expressFolder } from './targets/express/express.js';
import { expressProcesses, isRunning } from './targets/express/express-host.js';
import { isExpress } from './targets/express/find-express.js';
import { bindingsIn, bindingUrl } from './targets/site-url.js';
import type { DeploymentRecord } from './types.js';

/** An app that deploy has deployed, from its records: known also when the configuration cannot be read. */
export interface DeployedApp {
  readonly site: string;
  readonly path: string;
  readonly directory: string;
  /** The live release; undefined: the app's own folder is live, or nothing is. */
  readonly release: string | undefined;
  /** IIS has no such application: an undeploy, or a first deployment, was ended in the middle, or another program removed it. */
  readonly missing?: true;
  /** The newest line of its journal; undefined: there is none. */
  readonly last: JournalEntry | undefined;
}

/** IIS of this machine. */
export interface IisStatus extends ServerObjects {
  readonly deployed: readonly DeployedApp[];
}

/** A process of an app. */
export interface ProcessStatus extends ProcessSeen {
  /** In bytes; undefined where the system does not say. */
  readonly memory: number | undefined;
}

/** A `serve` in the foreground. */
export interface ServingStatus {
  readonly pid: number;
  /** It hangs, or is starting: the rest is then unknown. */
  readonly silent: boolean;
  /** What it serves: 'serve /apps/dante'. */
  readonly command: string;
  /** When it started; ISO 8601. */
  readonly since: string | undefined;
  /** The app's own first; of an applicationHost.config, that of the folder alone. */
  readonly apps: readonly { readonly path: string; readonly directory: string }[];
  /** The applicationHost.config that it was given. */
  readonly apphost: string | undefined;
  readonly urls: readonly string[];
  /** The processes of its apps that run now, the oldest first. */
  readonly processes: readonly ProcessStatus[];
}

/** The current state of the embedded IIS of a home, of IIS Express as far as deploy uses it, and of IIS where this machine has one. */
export interface EmbeddedStatus extends ServerObjects {
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
  /** The ID of a host process that does not answer: it hangs, or is starting. */
  readonly silent: number | undefined;
  readonly deployed: readonly DeployedApp[];
  /** The processes of the apps that run now, the oldest first. */
  readonly processes: readonly ProcessStatus[];
  /** Every `serve` in the foreground, the oldest first. */
  readonly serving: readonly ServingStatus[];
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
  /** undefined: this machine has no IIS. */
  readonly iis: IisStatus | undefined;
  /** What cannot be read, so that it is missing here. */
  readonly problems: readonly { readonly what: string; readonly why: string; readonly next: string }[];
}

const nothing: ServerObjects = { sites: [], applications: [], pools: [] };

/**
 * Reads only: a home that was never used is shown as empty and stays unused. What cannot be read is left out and named in
 * `problems`. Throws UserError HOME_NOT_WRITABLE.
 * @param appcmd That of IIS, in place of appcmd.exe.
 */
export async function status(home: Home, { appcmd }: { readonly appcmd?: Appcmd } = {}): Promise<EmbeddedStatus> {
  requireHome(home);
  const [running, serves] = await Promise.all([hostStatus(home, lookTime), servesOf(home)]);
  const host =
    running === undefined
      ? undefined
      : {
          pid: running.pid,
          since: running.since,
          addresses: running.addresses.map(({ siteName, origin }) => ({ site: siteName, origin })),
        };
  const problems: EmbeddedStatus['problems'][number][] = [];
  const orElse = async <T>(look: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { what, why, next } = error;
      problems.push({ what, why, next });
      return otherwise;
    }
  };
  const records = await orElse(() => deploymentRecords(home).all(), []);
  const ofTarget = (name: string): readonly DeploymentRecord[] => records.filter(({ target }) => target === name);
  const [embedded, ofIis] = [ofTarget('embedded'), ofTarget('iis')];
  const objects = await orElse<ServerObjects | undefined>(
    () => objectsOf(home, host, embedded, running?.notBound ?? []),
    undefined,
  );
  const program = appcmd ?? appcmdHere(home);
  const there = program && (await orElse<ServerObjects | undefined>(() => objectsOfIis(program, ofIis), undefined));
  const memory = await memoryOf([...(running?.processes ?? []), ...serves.flatMap(processesIn)].map(({ pid }) => pid));
  return {
    home: home.directory,
    host,
    silent: host === undefined ? silentHost(home) : undefined,
    ...(objects ?? nothing),
    deployed: await deployedApps(embedded, home, objects),
    processes: withMemory(running?.processes ?? [], memory),
    serving: serves.map((one) => servingStatus(one, memory)),
    iisExpress: await Promise.all(
      records.filter(({ target }) => isExpress(target)).map((record) => expressStatus(home, record)),
    ),
    iis: program && { ...(there ?? nothing), deployed: await deployedApps(ofIis, home, there, program) },
    problems,
  };
}

const withMemory = (processes: readonly ProcessSeen[], memory: ReadonlyMap<number, number>): readonly ProcessStatus[] =>
  processes
    .map((one) => ({ ...one, memory: memory.get(one.pid) }))
    .sort((one, other) => one.since - other.since || one.pid - other.pid);

const processesIn = (one: ServeSeen): readonly ProcessSeen[] => ('silent' in one ? [] : one.processes);

function servingStatus(one: ServeSeen, memory: ReadonlyMap<number, number>): ServingStatus {
  const { pid } = one;
  if ('silent' in one) {
    const unknown = { since: undefined, apps: [], apphost: undefined, urls: [], processes: [] };
    return { pid, silent: true, command: one.command, ...unknown };
  }
  const { directory, path, apps, apphost, urls } = one.served;
  return {
    pid,
    silent: false,
    command: `serve ${directory}`,
    since: one.since,
    apps: [{ path, directory }, ...apps],
    apphost,
    urls,
    processes: withMemory(one.processes, memory),
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

function appcmdHere({ environment }: Home): Appcmd | undefined {
  const program = findAppcmdExe(environment);
  return program === undefined ? undefined : realAppcmd({ program, signal: new AbortController().signal });
}

/** Each with the last line of its journal. @param objects undefined: the server could not be asked. */
const deployedApps = (
  records: readonly DeploymentRecord[],
  home: Home,
  objects: ServerObjects | undefined,
  appcmd?: Appcmd,
): Promise<readonly DeployedApp[]> =>
  Promise.all(
    records.map(async (record): Promise<DeployedApp> => {
      const { site, path, directory, target } = record;
      const place = { siteName: site, vdirPath: path };
      const served =
        objects?.applications.find((one) => same(one.site, site) && same(one.path, path)) ??
        // The lists lack letters of a name that the code page of the console lacks.
        (objects && appcmd && (await findApp({ appcmd }, place)));
      const at = { target, home, source: directory, environment: home.environment };
      const journal = journalFolder(place, at, record);
      const isMissing = objects !== undefined && served === undefined;
      return {
        site,
        path,
        directory,
        release: isMissing ? undefined : liveRelease(record, served?.physicalPath),
        ...(isMissing && { missing: true }),
        last: journal === undefined ? undefined : readJournal(journal).at(-1),
      };
    }),
  );

/** Those of the configuration of the embedded IIS. */
async function objectsOf(
  home: Home,
  host: EmbeddedStatus['host'],
  records: readonly DeploymentRecord[],
  notBound: readonly SiteNotBound[],
): Promise<ServerObjects> {
  if (!existsSync(home.applicationHostFile)) return nothing;
  return readObjects(embeddedAppcmd(embeddedStore(home)), records, {
    notBound: (name) => notBound.find(({ siteName }) => same(siteName, name))?.why,
    url({ name }, path) {
      const origin = host?.addresses.find(({ site }) => site === name)?.origin;
      return origin === undefined ? undefined : appUrl(`${origin}${path}`);
    },
  });
}

/** Those of IIS; the URL is that of the first binding. */
const objectsOfIis = (appcmd: Appcmd, records: readonly DeploymentRecord[]): Promise<ServerObjects> =>
  readObjects(appcmd, records, {
    notBound: () => undefined,
    url(site, path) {
      const bindings = bindingsIn(site.get('bindings') ?? '');
      const binding = bindings.find(({ protocol }) => protocol === 'http') ?? bindings[0];
      return binding === undefined ? undefined : appUrl(bindingUrl(binding, path, 'localhost'));
    },
  });
