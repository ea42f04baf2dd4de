import { resolve } from 'node:path';
import { plural } from '../amounts.js';
import type { App } from '../app/index.js';
import { assumptionLine, assumptionsOf, parseApps } from '../app/place/index.js';
import { exitCodes } from '../exit-codes.js';
import { type HostEvent, ownTls, siteToServe, startHost, startOnPort, surviveFaults } from '../host/index.js';
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
  /** undefined: text where stderr is a terminal. */
  readonly log?: LogForm;
  readonly quiet?: boolean;
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
  const log = serveLog(form, terminal);
  const onEvent = (event: HostEvent): void => log.event(event);
  const protocol = options.https === true ? 'https' : 'http';
  const tls = protocol === 'https' ? ownTls(environment, options.host) : {};
  const began = Date.now();
  const onRequest = form === 'none' ? {} : { onRequest: log.request };
  const start = (port: number) =>
    startHost({
      loadConfig,
      listen: { protocol, host: options.host, port },
      ...tls,
      onEvent,
      ...onRequest,
      environment,
    });
  const host = await startOnPort(options.port, environment, start, onEvent);
  const stopSurviving = surviveFaults(onEvent);
  try {
    const [first, ...others] = urls(host.addresses[0]?.origin ?? '');
    // With --log json stdout has the documents alone.
    const print = form === 'json' ? terminal.say : terminal.print;
    print(`Listening on ${first}`);
    for (const other of others) print(`             ${other}`);
    if (options.apphost === undefined) {
      // Loaded here: the host listens before.
      const { serveWarnings } = await import('../doctor/index.js');
      const { readApp } = await import('../app/index.js');
      const app = readApp(place.directory, { environment, vdirPath: place.vdirPath });
      const assumed = assumptionLine(assumptionsOf({ place, entry: app.entry }));
      if (form === 'text') describe(app, place.vdirPath, terminal);
      if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
      for (const event of serveWarnings(place, apps, environment)) log.event(event);
      if (form !== 'none') void showOutput(app, began, log, context);
    }
    await new Promise<void>((done) => {
      if (signal.aborted) done();
      else signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    stopSurviving();
    await host.close();
    log.end();
  }
  return exitCodes.done.code;
};

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
  log: ServeLog,
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
