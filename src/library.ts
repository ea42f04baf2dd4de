import { answerCapacity, type CapacityAnswer, type CapacityQuestion, readCapacityApp } from './capacity/index.js';
import { badPort, type LogLine, type LogOptions, readLogs as logsOf, readTargets } from './deploy/index.js';
import {
  checkPlannedApp,
  type DoctorReport,
  diagnose,
  explainRule as explanationOf,
  type RuleExplanation,
  readConfiguredApp,
  refuseTogether,
  type Unfixed,
  unfix as unfixFiles,
} from './doctor/index.js';
import { UserError } from './errors.js';
import { type HostEvent, refuseBesideApphost, siteToServe, startHost, systemClock } from './host/index.js';
import { type OptionNames, refuseUnknownOptions } from './known-options.js';
import {
  type ActionOptions,
  environmentOf,
  everyAction,
  folderOf,
  type Versioned,
  versioned,
} from './library/index.js';
import { most } from './most.js';
import { type InitEvent, type InitOptions, type InitResult, init as initApp } from './scaffold/index.js';
import { type Trace, tracedSite, traceUrl } from './trace/index.js';

export type { ActionOptions, Versioned } from './library/index.js';
export {
  deploy,
  type FarmDeployOptions,
  type FarmEvent,
  type FarmFailed,
  type FarmResult,
  releases,
  rollback,
  status,
  undeploy,
} from './library/index.js';

const appsOf = (apps: NonNullable<ServeOptions['apps']>): NonNullable<ServeOptions['apps']> =>
  apps.map(({ path: vdirPath, directory }) => ({ path: vdirPath, directory: folderOf(directory) }));
type LibraryInitOptions = ActionOptions<InitEvent> & Partial<Omit<InitOptions, 'isFolderOpen'>>;
const initOptions: OptionNames<LibraryInitOptions> = {
  ...everyAction,
  template: true,
  entry: true,
  loader: true,
  module: true,
  replaceHandler: true,
  processes: true,
  typescript: true,
  adapter: true,
  allowEio3: true,
  transports: true,
  static: true,
  ci: true,
  to: true,
  install: true,
  force: true,
  dryRun: true,
};

/** Creates an app, or adopts an existing one. Never asks: a missing answer is a UserError with exit `question`. */
export async function init(given: LibraryInitOptions = {}): Promise<Versioned<InitResult>> {
  refuseUnknownOptions('init', given, initOptions);
  const { onEvent, directory, ...options } = given;
  const result = await initApp(
    { ...options, directory: folderOf(directory), environment: environmentOf(options) as NodeJS.ProcessEnv },
    {
      interactive: false,
      ask: () => Promise.reject(new Error('never asked: interactive is false')),
      event: (event) => onEvent?.(event),
    },
    checkPlannedApp,
    readTargets,
  );
  return versioned(result);
}

export interface DoctorOptions extends ActionOptions {
  /** An http(s) URL of a live app; with `directory` both are examined, else it alone. */
  readonly url?: string;
  /** Codes of rules: only these, or all except these. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Make the small edits that fix findings, then run the rules again. */
  readonly fix?: boolean;
  /** Give the files that `fix` changed their former content again; not together with `fix`. */
  readonly unfix?: boolean;
  /** With `fix`: in a copy; the result has the differences. With `unfix`: the result has the files. Nothing is changed. */
  readonly dryRun?: boolean;
  /** Of a folder: start the app in the embedded IIS on a free port of this machine, ask it what a browser asks, and end it; not by default. */
  readonly run?: boolean;
  /** The number of machines that run the app. */
  readonly machines?: number;
  /** With `url`: what URLs below it have to answer. */
  readonly expect?: readonly { readonly path: string; readonly status: number }[];
  /** With `url`: an origin whose pages connect to the app, 'https://app.example.com': its answers are judged as a browser there would. */
  readonly origin?: string;
  /** Texts that the user has seen, or names of files with one; without `directory` and without an app there, they alone are judged. */
  readonly seen?: readonly string[];
  /** A HAR file: what the network tab of a browser recorded. */
  readonly har?: string;
  /** A folder with logs of iisnode; by default the one of the app's logDirectory. */
  readonly logs?: string;
  /** The folder of the site's root: what its web.config sets is inherited. */
  readonly siteRoot?: string;
  /** Further applications of the site, and the app itself where `apphost` does not have its folder: '/chat=./chat'. */
  readonly apps?: readonly string[];
  /** A copy of the server's applicationHost.config. */
  readonly apphost?: string;
  /** The version of iisnode on the server: '0.2.21'. */
  readonly iisnodeVersion?: string;
}

const doctorOptions: OptionNames<DoctorOptions> = {
  ...everyAction,
  url: true,
  only: true,
  skip: true,
  fix: true,
  unfix: true,
  dryRun: true,
  run: true,
  machines: true,
  siteRoot: true,
  apps: true,
  apphost: true,
  iisnodeVersion: true,
  expect: true,
  origin: true,
  seen: true,
  har: true,
  logs: true,
};

/** Gives the files that `fix` changed their former content again. Throws UserError FILE_CHANGED where one was changed since. */
export async function doctor(options: DoctorOptions & { readonly unfix: true }): Promise<Versioned<Unfixed>>;
/** Finds what is wrong with an app, where and why, and how to fix it. */
export async function doctor(options?: DoctorOptions & { readonly unfix?: false }): Promise<Versioned<DoctorReport>>;
export async function doctor(options?: DoctorOptions): Promise<Versioned<DoctorReport | Unfixed>>;
export async function doctor(options: DoctorOptions = {}): Promise<Versioned<DoctorReport | Unfixed>> {
  refuseUnknownOptions('doctor', options, doctorOptions);
  if (options.unfix) {
    refuseTogether({ ...options, form: 'json' });
    return versioned(
      await unfixFiles(folderOf(options.directory), process.cwd(), environmentOf(options), options.dryRun),
    );
  }
  const { url, only, skip, fix, dryRun, run, machines, expect, seen, har, logs, signal, path: vdirPath } = options;
  const { siteRoot, apps, apphost, iisnodeVersion, origin } = options;
  const isBoth = url !== undefined && options.directory !== undefined;
  const report = await diagnose(isBoth ? folderOf(options.directory) : (url ?? folderOf(options.directory)), {
    cwd: process.cwd(),
    ...(isBoth && { url }),
    isDefault: url === undefined && options.directory === undefined,
    assumeFrom: 'folder name',
    environment: environmentOf(options),
    ...(run !== undefined && { run }),
    ...(signal && { signal }),
    ...(seen && { seen }),
    ...(har !== undefined && { har }),
    ...(logs !== undefined && { logs }),
    ...(siteRoot !== undefined && { siteRoot }),
    ...(apps && { apps }),
    ...(apphost !== undefined && { apphost }),
    ...(iisnodeVersion !== undefined && { iisnodeVersion }),
    ...(only && { only }),
    ...(skip && { skip }),
    ...(fix !== undefined && { fix, keepsFormer: true }),
    ...(dryRun !== undefined && { dryRun }),
    ...(machines !== undefined && { machines }),
    ...(expect && { expect }),
    ...(origin !== undefined && { origin }),
    ...(vdirPath !== undefined && { vdirPath }),
  });
  return versioned(report);
}

export interface ServeOptions extends ActionOptions<HostEvent> {
  /** 0, the default, uses a free port. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** Further applications of the site. */
  readonly apps?: readonly { readonly path: string; readonly directory: string }[];
  /** A whole applicationHost.config instead of one folder; not together with `path` and `apps`. */
  readonly apphost?: string;
  /**
   * How many times as fast the pool's idle time-out and periodic restart run, from 1 to 100000: with 1740 its 29 hours are a minute. Default: 1
   * with `apphost`; a folder has a pool without such times, as deploy makes it.
   */
  readonly timeScale?: number;
}

export interface Served {
  readonly version: 1;
  /** The app's URL, with its vdir path and a trailing slash. */
  readonly url: string;
  /** Idempotent; resolves when every process and connection has ended. */
  close(): Promise<void>;
}

const isTimeScale = (given: number): boolean => Number.isInteger(given) && given >= 1 && given <= most.timeScale;

const badTimeScale = (given: unknown): UserError =>
  new UserError('TIME_SCALE_INVALID', {
    what: `${given} is not a value of timeScale`,
    why: `It is a whole number from 1 to ${most.timeScale}: how many times as fast the times of the pool run.`,
    next: 'for example serve({ timeScale: 1740 })',
  });

/** Serves an app on the embedded IIS until `close()`, or until `signal`. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const names = { ...everyAction, port: true, host: true, apps: true, apphost: true, timeScale: true } as const;
  refuseUnknownOptions('serve', options, names);
  const environment = environmentOf(options);
  const { port = 0, host: address = '127.0.0.1', apps = [], apphost, timeScale, signal, onEvent } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw badPort(port);
  if (timeScale !== undefined && !isTimeScale(timeScale)) throw badTimeScale(timeScale);
  const { loadConfig, urls } = siteToServe({
    directory: folderOf(options.directory),
    path: options.path,
    apps: appsOf(apps),
    ...(apphost !== undefined && { apphost: folderOf(apphost) }),
    environment,
  });
  const host = await startHost({
    loadConfig,
    listen: { host: address, port },
    environment,
    ...(onEvent && { onEvent }),
    ...((timeScale !== undefined || apphost !== undefined) && { clock: systemClock(timeScale) }),
  });
  const close = (): Promise<void> => host.close();
  if (signal?.aborted) await close();
  signal?.addEventListener('abort', () => void close(), { once: true });
  const [url = ''] = urls(host.addresses[0]?.origin ?? '');
  return { version: 1, url, close };
}

export interface TraceUrlOptions extends ActionOptions {
  readonly url: string;
  /** Further applications of the site. */
  readonly apps?: readonly { readonly path: string; readonly directory: string }[];
  readonly method?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** A whole applicationHost.config instead of one folder; not together with `path` and `apps`. */
  readonly apphost?: string;
}

const noUrl = (given: unknown): UserError =>
  new UserError('BAD_URL', {
    what: `${given} is not a URL`,
    why: 'the option url is a text: a URL or a path',
    next: "for example trace({ url: '/dante/' })",
  });

/** Which rule, handler and script IIS chooses for a URL, and why. Throws UserError BAD_URL and others. */
export async function trace(options: TraceUrlOptions): Promise<Versioned<Trace>> {
  const names = { ...everyAction, url: true, apps: true, method: true, headers: true, apphost: true } as const;
  refuseUnknownOptions('trace', options, names);
  const environment = environmentOf(options);
  const { url, method, headers, apps = [], apphost } = options;
  if (typeof url !== 'string') throw noUrl(url);
  refuseBesideApphost(options);
  const { model, placement } = tracedSite({
    directory: folderOf(options.directory),
    vdirPath: options.path,
    apps: appsOf(apps),
    ...(apphost !== undefined && { applicationHostFile: folderOf(apphost) }),
    environment,
  });
  const asked = { ...(method && { method }), ...(headers && { headers }), ...(placement && { placement }) };
  return versioned(traceUrl({ model, url, environment, ...asked }));
}

export interface CapacityOptions extends CapacityQuestion, Pick<ActionOptions, 'environment'> {
  /** The folder of an app, whose configuration is compared with the plan; by default there is only the plan. */
  readonly directory?: string;
}

const capacityOptions: OptionNames<CapacityOptions> = {
  directory: true,
  environment: true,
  viewers: true,
  processes: true,
  machines: true,
  transports: true,
  messagesPerSecond: true,
  processors: true,
};

/**
 * What a number of viewers needs: processes, machines and settings, each with its reason; with an app also what its configuration has to
 * change.
 *
 * @param pool The application pool's name for the commands.
 * @throws UserError CAPACITY_INVALID, TRANSPORTS_INVALID, OPTION_UNKNOWN; those of an app that cannot be compared.
 */
export function planCapacity(options: CapacityOptions, pool?: string): Versioned<CapacityAnswer> {
  refuseUnknownOptions('planCapacity', options, capacityOptions);
  const { directory, environment = process.env, ...question } = options;
  const cwd = process.cwd();
  const readApp = (folder: string) => readConfiguredApp(folder, { cwd, environment });
  const app = directory === undefined ? undefined : readCapacityApp(directory, cwd, readApp);
  return versioned(answerCapacity(question, app, pool));
}

/** Explains a rule of the doctor and its fix. Throws UserError UNKNOWN_RULE. */
export function explainRule(code: string): Versioned<RuleExplanation> {
  return versioned(explanationOf(String(code)));
}

type LibraryLogOptions = Omit<LogOptions, 'directory'> & { readonly directory?: string };
const logOptions: OptionNames<LibraryLogOptions> = {
  directory: true,
  logDirectory: true,
  logBase: true,
  environment: true,
  follow: true,
  lines: true,
  since: true,
  signal: true,
};

/** The lines that an app's node processes wrote, oldest first; with `follow` also new lines. */
export async function* readLogs(given: LibraryLogOptions = {}): AsyncGenerator<LogLine, void, void> {
  refuseUnknownOptions('readLogs', given, logOptions);
  const { directory, ...options } = given;
  yield* logsOf({ ...options, directory: folderOf(directory) });
}
