import { resolve } from 'node:path';
import { assumptionLine, assumptionsOf, parseApps } from '../app/place/index.js';
import { exitCodes } from '../exit-codes.js';
import { type HostEvent, ownTls, siteToServe, startHost, startOnPort, surviveFaults } from '../host/index.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommonOptions } from './context.js';

interface ServeCommandOptions extends CommonOptions {
  /** undefined: 8080, or the next free port where our background host uses 8080. */
  readonly port?: number;
  readonly host: string;
  readonly path?: string;
  readonly app?: readonly string[];
  readonly apphost?: string;
  readonly https?: boolean;
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
  const onEvent = (event: HostEvent): void => printHostEvent(terminal, event);
  const protocol = options.https === true ? 'https' : 'http';
  const tls = protocol === 'https' ? ownTls(environment, options.host) : {};
  const start = (port: number) =>
    startHost({ loadConfig, listen: { protocol, host: options.host, port }, ...tls, onEvent, environment });
  const host = await startOnPort(options.port, environment, start, onEvent);
  const stopSurviving = surviveFaults(onEvent);
  try {
    const [first, ...others] = urls(host.addresses[0]?.origin ?? '');
    terminal.print(`Listening on ${first}`);
    for (const other of others) terminal.print(`             ${other}`);
    if (options.apphost === undefined) {
      // Loaded here: the host listens before.
      const { serveWarnings } = await import('../doctor/index.js');
      const { readApp } = await import('../app/index.js');
      const { entry } = readApp(place.directory, { environment, vdirPath: place.vdirPath });
      const assumed = assumptionLine(assumptionsOf({ place, entry }));
      if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
      for (const event of serveWarnings(place, apps, environment)) printHostEvent(terminal, event);
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

/** One line for each event of the host; further lines of its message are indented below. */
function printHostEvent(terminal: Terminal, event: HostEvent): void {
  const { err } = terminal;
  const paint = { info: err.dim, warning: err.warning, error: err.error }[event.level];
  const place = event.file === undefined ? '' : `  ${err.dim(event.line ? `${event.file}:${event.line}` : event.file)}`;
  const [message, ...more] = event.message.split(/\r?\n/);
  terminal.say(`${paint(event.level)} ${err.strong(event.code)}  ${message}${place}`);
  for (const line of more) terminal.say(`    ${line}`);
}
