import { resolve } from 'node:path';
import { assumptionLine, assumptionsOf, placeOfApp } from '../app/place/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { type HostEvent, servedPaths, serveSite, startHost, startOnPort, surviveFaults } from '../host/index.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommonOptions } from './context.js';
import { parseApps } from './site-options.js';

interface ServeCommandOptions extends CommonOptions {
  /** undefined: 8080, or the next free port where our background host uses 8080. */
  readonly port?: number;
  readonly host: string;
  readonly path?: string;
  readonly app?: readonly string[];
  readonly apphost?: string;
}

/** `serve [dir]`: the embedded IIS in the foreground, until a signal. */
export const serve: Command<ServeCommandOptions> = async ([dir = '.'], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  refuseUnusedOptions(options);
  const site = placeOfApp(resolve(cwd, dir), options.path);
  const apps = parseApps(cwd, options.app ?? []);
  const loadConfig = serveSite({
    ...site,
    apps,
    ...(options.apphost === undefined ? {} : { applicationHostFile: options.apphost }),
    environment,
  });
  const onEvent = (event: HostEvent): void => sayHostEvent(terminal, event);
  const start = (port: number) => startHost({ loadConfig, listen: { host: options.host, port }, onEvent, environment });
  const host = await startOnPort(options.port, environment, start, onEvent);
  const stopSurviving = surviveFaults(onEvent);
  try {
    const origin = host.addresses[0]?.origin ?? '';
    const places = [site.vdirPath, ...apps.map((app) => app.path)];
    const [first = '/', ...others] = options.apphost === undefined ? places : servedPaths(loadConfig(), site.directory);
    terminal.print(`Listening on ${origin}${urlPath(first)}`);
    for (const other of others) terminal.print(`             ${origin}${urlPath(other)}`);
    if (options.apphost === undefined) {
      // Loaded here: the host listens before.
      const { serveWarnings } = await import('../doctor/index.js');
      const { readApp } = await import('../app/index.js');
      const { entry } = readApp(site.directory, { environment, vdirPath: site.vdirPath });
      const assumed = assumptionLine(assumptionsOf({ place: site, entry }));
      if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
      for (const event of serveWarnings(site, apps, environment)) sayHostEvent(terminal, event);
    }
    await new Promise<void>((done) => {
      if (signal.aborted) done();
      else signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    stopSurviving();
    await host.close();
  }
  return exitCodes.done.code;
};

/** Options that the applicationHost.config file decides are an error. @throws UserError OPTION_NOT_USED. */
function refuseUnusedOptions({ apphost, path, app }: ServeCommandOptions): void {
  const unused = path !== undefined ? '--path' : app !== undefined ? '--app' : undefined;
  if (apphost === undefined || unused === undefined) return;
  throw new UserError('OPTION_NOT_USED', {
    what: `${unused} has no effect together with --apphost`,
    why: `The applications and their folders are read from ${apphost}.`,
    next: `omit ${unused}, or write it into that file`,
  });
}

/** `/dante/`, as in a URL. */
function urlPath(vdirPath: string): string {
  return encodeURI(vdirPath.replace(/\/*$/, '/'));
}

/** One line for each event of the host; further lines of its message are indented below. */
function sayHostEvent(terminal: Terminal, event: HostEvent): void {
  const { err } = terminal;
  const paint = { info: err.dim, warning: err.warning, error: err.error }[event.level];
  const place = event.file === undefined ? '' : `  ${err.dim(event.line ? `${event.file}:${event.line}` : event.file)}`;
  const [message, ...more] = event.message.split(/\r?\n/);
  terminal.say(`${paint(event.level)} ${err.strong(event.code)}  ${message}${place}`);
  for (const line of more) terminal.say(`    ${line}`);
}
