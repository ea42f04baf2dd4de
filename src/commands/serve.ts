import { resolve } from 'node:path';
import { plural } from '../amounts.js';
import type { App } from '../app/index.js';
import { assumptionLine, assumptionsOf, parseApps } from '../app/place/index.js';
import type { LogPlace } from '../deploy/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { isBelow } from '../files/index.js';
import {
  type Announced,
  announceServe,
  certificatesFolder,
  openHome,
  ownTls,
  type ProcessSeen,
  type RunningHost,
  siteToServe,
  startHost,
  startOnPort,
  surviveFaults,
  systemClock,
} from '../host/index.js';
import type { Inspector } from '../inspect/index.js';
import type { Keys, Terminal } from '../terminal/index.js';
import { forFolder, forUrl } from '../typed-command.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { browserCommand, startBrowser } from './open-browser.js';
import { type HintFor, type LogForm, type ServeLog, serveLog, switchedLog } from './request-log.js';
import { serveKeys } from './serve-keys.js';
import { describeStart } from './serve-start.js';
import {
  type AppAt,
  appAt,
  appInModel,
  nameOf,
  optionsOfTrace,
  type ServedPlace,
  typedOptions,
} from './served-place.js';
import { watchApp } from './watch-app.js';

type SiteToServe = ReturnType<typeof siteToServe>;

interface ServeCommandOptions extends CommonOptions {
  /** undefined: 8080, or the next free port where our background host uses 8080. */
  readonly port?: number;
  readonly host: string;
  readonly path?: string;
  readonly app?: readonly string[];
  readonly apphost?: string;
  readonly https?: boolean;
  /** How many times as fast the times of the pool run; undefined: 1, and none for a folder, whose pool is as deploy makes it. */
  readonly timeScale?: number;
  /** undefined: text where stderr is a terminal. */
  readonly log?: LogForm;
  readonly quiet?: boolean;
  readonly inspect?: boolean;
  readonly open?: boolean;
  readonly watch?: boolean;
}

/** What is served, in the words of the options that were typed. */
const servedPlace = (
  { place: { directory, vdirPath, by } }: SiteToServe,
  { apphost }: ServeCommandOptions,
  apps: ReturnType<typeof parseApps>,
): ServedPlace => ({ directory, path: vdirPath, apps, apphost, isUsualPath: by !== 'option' });

/** The commands in the hints of the log are for the app that answers, at its place in the site, and for the URL that was asked for. */
function hintFor(served: ServedPlace, loadConfig: SiteToServe['loadConfig'], cwd: string): HintFor {
  const ofTrace = optionsOfTrace(served, cwd);
  const answering = (url: string): AppAt => {
    const { apphost } = served;
    if (apphost === undefined) return appAt(served, url);
    const model = loadConfig();
    return appInModel(model, model.sites[0]?.name ?? '', url, apphost) ?? { ...served, options: { apphost } };
  };
  return (next, { url, method }) => {
    const { directory, options } = answering(url);
    const asked = forUrl(next, url, [...ofTrace, ...(method === 'GET' ? [] : ['--method', method])]);
    return forFolder(asked, directory, nameOf(directory, cwd), typedOptions(options));
  };
}

/** How long requests and sockets may take to end when serve stops, in ms. */
const drainFor = 2_000;

/** `serve [dir]`: the embedded IIS in the foreground, until a signal or the key q. */
export const serve: Command<ServeCommandOptions> = async ([dir = '.'], options, context) => {
  const { terminal, cwd, environment } = context;
  const apps = parseApps(cwd, options.app ?? []);
  const site = siteToServe({
    directory: resolve(cwd, dir),
    path: options.path,
    apps,
    ...(options.apphost !== undefined && { apphost: resolve(cwd, options.apphost) }),
    environment,
  });
  const { place, loadConfig, urls } = site;
  const served = servedPlace(site, options, apps);
  const form = options.quiet === true ? 'none' : (options.log ?? (terminal.live ? 'text' : 'none'));
  const seen = new Watchers(switchedLog(serveLog(form, terminal, hintFor(served, loadConfig, cwd))));
  const hasKeys = terminal.interactive && terminal.live && form !== 'json';
  // Watched sockets can be told that the app is recycled.
  const isWatched = form !== 'none' || options.inspect === true || options.watch === true || hasKeys;
  const protocol = options.https === true ? 'https' : 'http';
  const tls = protocol === 'https' ? ownTls(environment, options.host) : {};
  const began = Date.now();
  const { timeScale, apphost } = options;
  const clock = timeScale === undefined && apphost === undefined ? undefined : systemClock(timeScale);
  const start = (port: number) =>
    startHost({
      loadConfig,
      listen: { protocol, host: options.host, port },
      ...tls,
      onEvent: seen.event,
      ...(isWatched && { onRequest: seen.request }),
      environment,
      ...(clock && { clock }),
    });
  const host = await startOnPort(options.port, environment, start, seen.event);
  const stopSurviving = surviveFaults(seen.event);
  const stop = new Stop(context);
  const shown: Shown = { form, place, urls, host, loadConfig, seen, began, hasKeys, stop, options, apps, served };
  const closers: (() => unknown)[] = [];
  const announced = announce(shown, context);
  closers.push(async () => (await announced)?.close());
  try {
    await showStart(shown, { ...context, signal: stop.signal }, closers);
    await stop.asked;
  } finally {
    stopSurviving();
    printWhatIsOpen(host, terminal);
    await host.close({ grace: drainFor, now: stop.now });
    for (const close of closers) await close();
    await seen.end();
  }
  return exitCodes.done.code;
};

/** `status` in another terminal finds it then. serve does not need the state folder: an error with it is ignored here. */
async function announce(
  { place: { directory, vdirPath }, urls, host, options, apps }: Shown,
  { cwd, environment }: CommandContext,
): Promise<Announced | undefined> {
  const served = {
    directory,
    path: vdirPath,
    apps,
    ...(options.apphost !== undefined && { apphost: resolve(cwd, options.apphost) }),
    urls: urls(host.addresses[0]?.origin ?? ''),
  };
  try {
    return await announceServe(openHome(environment), served, host);
  } catch {
    return undefined;
  }
}

/** Stopping is asked for by a signal or a key; the second time it happens at once. */
class Stop {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  readonly asked: Promise<void>;

  constructor({ signal, again }: Pick<CommandContext, 'signal' | 'again'>) {
    this.asked = new Promise((done) => this.signal.addEventListener('abort', () => done(), { once: true }));
    for (const each of [signal, again]) each.addEventListener('abort', () => this.ask(), { once: true });
    if (signal.aborted) this.ask();
  }

  get signal(): AbortSignal {
    return this.#first.signal;
  }

  get now(): AbortSignal {
    return this.#second.signal;
  }

  ask(): void {
    if (this.#first.signal.aborted) this.#second.abort();
    this.#first.abort();
  }
}

/** Where stopping takes a while, a terminal says why. */
function printWhatIsOpen({ open: { requests, sockets } }: RunningHost, { err, ...terminal }: Terminal): void {
  const open = [requests > 0 && plural(requests, 'request'), sockets > 0 && plural(sockets, 'socket')].filter(Boolean);
  if (!terminal.live || open.length === 0) return;
  terminal.say(err.dim(`stopping: ${open.join(' and ')} may end; once more stops at once`));
}

/** What is needed to show what is served. */
interface Shown extends SiteToServe {
  readonly form: LogForm;
  readonly host: RunningHost;
  readonly seen: Watchers;
  /** When the host was started, in ms since 1970. */
  readonly began: number;
  /** Keys are read. */
  readonly hasKeys: boolean;
  readonly stop: Stop;
  readonly options: ServeCommandOptions;
  /** The further applications of the site. */
  readonly apps: ReturnType<typeof parseApps>;
  readonly served: ServedPlace;
}

/** Prints where it listens and what it serves, and starts what shows more; `closers` gets what ends that. */
async function showStart(shown: Shown, context: CommandContext, closers: (() => unknown)[]): Promise<void> {
  const { form, place, urls, host, loadConfig, seen, began, hasKeys, options } = shown;
  const { terminal, cwd, environment, signal } = context;
  const origin = host.addresses[0]?.origin ?? '';
  const [first = '', ...others] = urls(origin);
  // With --log json stdout has the documents alone.
  const print = form === 'json' ? terminal.say : terminal.print;
  print(`Listening on ${first}`);
  for (const other of others) print(`             ${other}`);
  const open = (): void => openBrowser(first, shown, context);
  if (options.open === true) open();
  if (hasKeys) closers.push(startKeys(shown, context, open).close);
  const showsOutput = form !== 'none' || options.inspect === true;
  if (options.apphost !== undefined && !showsOutput && options.watch !== true) return;
  // Loaded here: the host listens before.
  const { readApp } = await import('../app/index.js');
  const app = readApp(place.directory, { environment, vdirPath: place.vdirPath });
  const { vdirPath } = place;
  if (options.inspect === true) {
    const { startLivePage } = await import('./live-page.js');
    const processes = (): Promise<readonly ProcessSeen[]> => host.processesWithDelay();
    seen.page = await startLivePage({ app, vdirPath, origin, cwd, environment, signal, loadConfig, processes });
    print(`Inspect at   ${seen.page.url}`);
  }
  if (options.apphost === undefined) {
    const entry = app.entry ?? app.entries.find(({ from }) => from === 'platform');
    const assumed = assumptionLine(assumptionsOf({ place, entry }));
    const certificates = options.https === true && { certificates: certificatesFolder(openHome(environment)) };
    if (form === 'text')
      describeStart({ app, vdirPath, model: loadConfig(), origin, hasKeys, ...certificates }, terminal);
    if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
  }
  if (options.watch === true) {
    closers.push(await watchApp({ app, onEvent: seen.event, recycle: () => recycle(host) }));
  }
  if (showsOutput) void showOutput(app, began, seen, context);
  if (options.apphost === undefined) await showWarnings(app, shown, context);
}

/** What the doctor finds before the first request; the host answers meanwhile. */
async function showWarnings(
  app: App,
  { place, apps, served, seen }: Shown,
  { cwd, environment, signal }: CommandContext,
): Promise<void> {
  const { examineApart } = await import('./apart.js');
  const warnings = await examineApart(app, { kind: 'warnings', place, apps, environment }, signal).catch(
    (error: unknown) => (signal.aborted ? [] : Promise.reject(error)),
  );
  for (const event of warnings) {
    const named = [...apps, served].find(({ directory }) => isBelow(directory, event.file ?? place.directory));
    if (named === undefined) {
      seen.event(event);
      continue;
    }
    const { directory, path } = named;
    const ofDoctor = typedOptions(appAt(served, path).options);
    seen.event({ ...event, message: forFolder(event.message, directory, nameOf(directory, cwd), ofDoctor) });
  }
}

/** New processes from the next request on; sockets are told to connect again, to them. */
async function recycle(host: RunningHost): Promise<void> {
  await host.recycle();
  host.closeSockets();
}

/** Opens the user's browser, not in CI; a failure is one line. */
function openBrowser(url: string, { seen }: Shown, { terminal, environment }: CommandContext): void {
  if (terminal.inCi) return;
  const command = browserCommand(url, process.platform, environment);
  startBrowser(command, environment, (why) =>
    seen.event({ level: 'warning', code: 'BROWSER_NOT_OPENED', message: `Open ${url} yourself: ${why}.` }),
  );
}

const startKeys = ({ host, seen, stop }: Shown, { terminal }: CommandContext, open: () => void): Keys =>
  serveKeys({
    terminal,
    recycle: () => recycle(host),
    open,
    toggleLog: () => seen.log.toggle(),
    stop: () => stop.ask(),
  });

/** Informs all that watch: the log, and the live page once it is there. */
class Watchers implements Watcher {
  page: Inspector | undefined;

  constructor(readonly log: ReturnType<typeof switchedLog>) {}

  readonly request: Watcher['request'] = (one) => {
    this.log.request(one);
    this.page?.request(one);
  };
  readonly output: Watcher['output'] = (one) => {
    this.log.output(one);
    this.page?.output(one);
  };
  readonly event: Watcher['event'] = (one) => {
    this.log.event(one);
    this.page?.event(one);
  };

  async end(): Promise<void> {
    this.log.end();
    await this.page?.close();
  }
}

/** What is informed of all that happens. */
type Watcher = Pick<ServeLog, 'request' | 'output' | 'event'>;

/**
 * What the processes print that were started `since`, in ms since 1970, with their numbers. It is read from the logs of iisnode, or of
 * HttpPlatformHandler, as `logs` does.
 */
async function showOutput(
  app: App,
  since: number,
  log: Watcher,
  { signal, environment }: CommandContext,
): Promise<void> {
  const { findLogs, readLogs } = await import('../deploy/index.js');
  const place = logPlace(app, findLogs);
  if (place === undefined) return;
  const from = { directory: app.directory, ...place, environment };
  try {
    for await (const { pid, stream, text } of readLogs({ ...from, follow: true, since, signal }))
      log.output({ process: pid, stream, text });
  } catch {
    // A log folder that cannot be read is an event of the host and a finding of the doctor.
  }
}

/** Where the module that runs the app keeps its output; undefined: nowhere, which the first lines say. */
function logPlace(app: App, findLogs: (app: App) => LogPlace): LogPlace | undefined {
  try {
    const place = findLogs(app);
    if (place.logBase !== undefined) return place;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'LOG_NOT_KEPT') return undefined;
  }
  const entry = app.entry?.name;
  if (entry === undefined || app.settingsOf(entry)?.values.loggingEnabled === false) return undefined;
  return { logDirectory: app.logDirectoryOf(entry) };
}
