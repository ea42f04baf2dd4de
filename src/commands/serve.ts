import { exitCodes } from '../exit-codes.js';
import { type HostEvent, serveSite, startHost } from '../host/index.js';
import type { Terminal } from '../terminal/index.js';
import type { Command, CommonOptions } from './context.js';
import { serveWarnings } from './serve-warnings.js';
import { parseApps, siteDirectory } from './site-options.js';

interface ServeCommandOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly path?: string;
  readonly app?: readonly string[];
  readonly apphost?: string;
}

/** `serve [dir]`: the embedded IIS in the foreground until a signal comes. */
export const serve: Command<ServeCommandOptions> = async ([dir = '.'], options, context) => {
  const { terminal, cwd, environment, signal } = context;
  const site = siteDirectory(cwd, dir, options.path);
  const apps = parseApps(cwd, options.app ?? []);
  const host = await startHost({
    loadConfig: serveSite({
      ...site,
      apps,
      ...(options.apphost === undefined ? {} : { applicationHostFile: options.apphost }),
      environment,
    }),
    listen: { host: options.host, port: options.port },
    onEvent: (event) => sayHostEvent(terminal, event),
    environment,
  });
  try {
    const origin = host.addresses[0]?.origin ?? '';
    terminal.print(`Listening on ${origin}${urlPath(site.vdirPath)}`);
    if (options.apphost === undefined) {
      for (const app of apps) terminal.print(`             ${origin}${urlPath(app.path)}`);
      for (const event of serveWarnings([{ ...site, path: site.vdirPath }, ...apps])) sayHostEvent(terminal, event);
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await host.close();
  }
  return exitCodes.done.code;
};

/** `/dante/`, as it stands in a URL. */
function urlPath(vdirPath: string): string {
  return encodeURI(vdirPath.replace(/\/*$/, '/'));
}

/** One line for the person, whatever the host met. */
export function sayHostEvent(terminal: Terminal, event: HostEvent): void {
  const { err } = terminal;
  const paint = { info: err.dim, warning: err.warning, error: err.error }[event.level];
  const place = event.file === undefined ? '' : `  ${err.dim(event.line ? `${event.file}:${event.line}` : event.file)}`;
  terminal.say(`${paint(event.level)} ${err.strong(event.code)}  ${event.message}${place}`);
}
