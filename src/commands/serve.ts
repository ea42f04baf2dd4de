import { resolve } from 'node:path';
import { plural } from '../amounts.js';
import type { App } from '../app/index.js';
import { assumptionLine, assumptionsOf, parseApps } from '../app/place/index.js';
import { exitCodes } from '../exit-codes.js';
import {
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
import type { Terminal } from '../terminal/index.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { type LogForm, type ServeLog, serveLog } from './request-log.js';

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
}

/** `serve [dir]`: the embedded IIS in the foreground, until a signal. */
export const serve: Command<ServeCommandOptions> = async ([dir = '.'], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const apps = parseApps(cwd, options.app ?? []);
  const { place, loadConfig, urls } = siteToServe({
    directory: resolve(cwd, dir),
    path: options.path,
    apps,
    ...(options.apphost !== undefined && { apphost: resolve(cwd, options.apphost) }),
    environment,
  });
  const form = options.quiet === true ? 'none' : (options.log ?? (terminal.live ? 'text' : 'none'));
  const seen = new Watchers(serveLog(form, terminal));
  const isWatched = form !== 'none' || options.inspect === true;
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
  try {
    const shown: Shown = { form, place, urls, host, loadConfig, seen, began, isWatched, options };
    await showStart(shown, context);
    await new Promise<void>((done) => {
      if (signal.aborted) done();
      else signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    stopSurviving();
    await host.close();
    await seen.end();
  }
  return exitCodes.done.code;
};

/** What is needed to show what is served. */
interface Shown extends ReturnType<typeof siteToServe> {
  readonly form: LogForm;
  readonly host: RunningHost;
  readonly seen: Watchers;
  /** When the host was started, in ms since 1970. */
  readonly began: number;
  readonly isWatched: boolean;
  readonly options: ServeCommandOptions;
}

/** Prints where it listens and what it serves, and starts what shows more. */
async function showStart(shown: Shown, context: CommandContext): Promise<void> {
  const { form, place, urls, host, loadConfig, seen, began, isWatched, options } = shown;
  const { terminal, cwd, environment, signal } = context;
  const origin = host.addresses[0]?.origin ?? '';
  const [first, ...others] = urls(origin);
  // With --log json stdout has the documents alone.
  const print = form === 'json' ? terminal.say : terminal.print;
  print(`Listening on ${first}`);
  for (const other of others) print(`             ${other}`);
  if (options.apphost !== undefined && !isWatched) return;
  // Loaded here: the host listens before.
  const { readApp } = await import('../app/index.js');
  const app = readApp(place.directory, { environment, vdirPath: place.vdirPath });
  if (options.inspect === true) {
    const { startLivePage } = await import('./live-page.js');
    const processes = (): readonly ProcessSeen[] => host.processes();
    const { vdirPath } = place;
    seen.page = await startLivePage({ app, vdirPath, origin, cwd, environment, signal, loadConfig, processes });
    print(`Inspect at   ${seen.page.url}`);
  }
  if (options.apphost === undefined) {
    const { serveWarnings } = await import('../doctor/index.js');
    const assumed = assumptionLine(assumptionsOf({ place, entry: app.entry }));
    if (form === 'text') describe(app, place.vdirPath, terminal);
    if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
    for (const event of serveWarnings(place, parseApps(cwd, options.app ?? []), environment)) seen.event(event);
  }
  if (isWatched) void showOutput(app, began, seen, context);
}

/** Informs all that watch: the log, and the live page once it is there. */
class Watchers implements Watcher {
  page: Inspector | undefined;

  constructor(readonly log: ServeLog) {}

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

/** The first lines on a terminal: what is served, by how many processes, and where their output goes. */
function describe(app: App, vdirPath: string, terminal: Terminal): void {
  const { err } = terminal;
  const entry = app.entry?.name;
  const settings = app.settingsOf(entry)?.values;
  const row = (name: string, text: string): void => terminal.say(`  ${err.dim(name.padEnd(9))}${text}`);
  row('app', `${app.directory} at ${vdirPath}${entry === undefined ? '' : `, started by ${entry}`}`);
  if (settings !== undefined) {
    row('iisnode', plural(settings.nodeProcessCountPerApplication, 'process', 'processes'));
    row(
      'logs',
      settings.loggingEnabled ? app.logDirectoryOf(entry ?? '') : 'off: loggingEnabled is false in web.config',
    );
  }
  row('stop', 'Ctrl-C; each request is a line below, --quiet shows none');
}

/** What the processes print that were started `since`, in ms since 1970, with their numbers. It is read from the logs of iisnode, as `logs` does. */
async function showOutput(
  app: App,
  since: number,
  log: Watcher,
  { signal, environment }: CommandContext,
): Promise<void> {
  const entry = app.entry?.name;
  if (entry === undefined || app.settingsOf(entry)?.values.loggingEnabled === false) return;
  const { readLogs } = await import('../deploy/index.js');
  const from = { directory: app.directory, logDirectory: app.logDirectoryOf(entry), environment };
  try {
    for await (const { pid, stream, text } of readLogs({ ...from, follow: true, since, signal }))
      log.output({ process: pid, stream, text });
  } catch {
    // A log folder that cannot be read is an event of the host and a finding of the doctor.
  }
}
