import { plural } from '../amounts.js';
import type { App } from '../app/index.js';
import type { ConfigModel } from '../config/index.js';
import { ConfigSnapshot, httpPlatformAt } from '../pipeline/index.js';
import type { Terminal } from '../terminal/index.js';
import { keys } from './declare/options.js';

/** What the first lines of `serve` show. */
export interface Started {
  readonly app: App;
  readonly vdirPath: string;
  readonly model: ConfigModel;
  readonly origin: string;
  /** The folder of the certificate that was made for it; undefined: it serves http. */
  readonly certificates?: string;
  /** Keys are read. */
  readonly hasKeys: boolean;
}

/** The first lines on a terminal: what is served, by which module and how many processes, where their output goes, and the keys. */
export function describeStart(started: Started, terminal: Terminal): void {
  const { err } = terminal;
  for (const [name, text] of rowsOf(started)) terminal.say(`  ${err.dim(name.padEnd(10))}${text}`);
}

function rowsOf({
  app,
  vdirPath,
  model,
  origin,
  hasKeys,
  certificates,
}: Started): readonly (readonly [string, string])[] {
  const entry = app.entry?.name ?? app.platformScript;
  const stop = hasKeys
    ? (['keys', `${keys}, h help`] as const)
    : (['stop', 'Ctrl-C; each request is a line below, --quiet shows none'] as const);
  return [
    ['site', `${model.sites[0]?.name ?? ''} at ${origin}`],
    ['app', `${app.directory} at ${vdirPath}${entry === undefined ? '' : `, started by ${entry}`}`],
    ...(certificates === undefined
      ? []
      : [['https', `a self-signed certificate, kept in ${certificates}: a browser warns of it once`] as const]),
    ...moduleRows(app, model, vdirPath),
    stop,
  ];
}

function moduleRows(app: App, model: ConfigModel, vdirPath: string): readonly (readonly [string, string])[] {
  const modules = (app.configuration?.handlers?.mappings ?? []).flatMap((mapping) => mapping.modules);
  const processes = (count: number): string => `${plural(count, 'process', 'processes')}, started by the first request`;
  const [site] = model.sites;
  if (site !== undefined && modules.some((name) => name.toLowerCase() === 'httpplatformhandler')) {
    const settings = httpPlatformAt(new ConfigSnapshot(model).at(site, vdirPath));
    const { stdoutLogEnabled, stdoutLogFile, processesPerApplication } = settings;
    return [
      ['module', `HttpPlatformHandler, ${processes(processesPerApplication)}`],
      ['logs', stdoutLogEnabled ? stdoutLogFile : 'off: stdoutLogEnabled is not true in web.config'],
    ];
  }
  const entry = app.entry?.name;
  const settings = app.settingsOf(entry)?.values;
  if (settings === undefined || !modules.some((name) => name.toLowerCase() === 'iisnode')) return [];
  const { loggingEnabled, nodeProcessCountPerApplication } = settings;
  return [
    ['module', `iisnode, ${processes(nodeProcessCountPerApplication)}`],
    ['logs', loggingEnabled ? app.logDirectoryOf(entry ?? '') : 'off: loggingEnabled is false in web.config'],
  ];
}
