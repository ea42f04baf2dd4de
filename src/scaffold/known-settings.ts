import type { App } from '../app/index.js';
import { UserError } from '../errors.js';
import { iisnodeSock } from '../typed-command.js';
import { plainRouteOf, platformSettings, sectionAt, vdirPathFault } from '../webconfig/index.js';
import { attribute, type XmlDocument, type XmlError } from '../xml/index.js';
import type { Transport } from './options.js';

/** Settings in an app's configuration that replace init's defaults. */
export interface KnownSettings {
  readonly vdirPath?: string;
  readonly transports?: readonly Transport[];
  /** The number of its processes, also from iisnode.yml; 0 is one for each processor. */
  readonly processes?: number;
  /** The URL of plain WebSockets, below the app's own URL: 'stream'. */
  readonly route?: string;
  /** Names in its appSettings, lower case. */
  readonly settings?: readonly string[];
}

/**
 * The settings of an app's configuration, as IIS and iisnode read them; empty without a web.config. Throws UserError WEB_CONFIG_INVALID (usage)
 * with the position when it is not well-formed.
 */
export function knownSettings(app: App): KnownSettings {
  const { file, error, document } = app.webConfig;
  if (error !== undefined) throw notWellFormed(file, error);
  const { configuration, namedVdirPath } = app;
  if (configuration === undefined) return {};
  const vdirPath = namedVdirPath?.path;
  const route = plainRouteOf(configuration.rewrite?.rules ?? []);
  const variables = document === undefined ? [] : platformSettings(document, file);
  const processes = processesOf(app) ?? platformProcesses(document);
  const variable = (name: string): string | undefined =>
    configuration.appSetting(name)?.value ?? variables.find(({ key }) => key.toLowerCase() === name)?.value;
  const transports = (variable('transports') ?? '').split(',').map((name) => name.trim());
  const known = transports.filter((name): name is Transport => name === 'websocket' || name === 'polling');
  return {
    settings: configuration.appSettings.map(({ key }) => key.toLowerCase()),
    ...(vdirPath !== undefined && vdirPathFault(vdirPath) === undefined ? { vdirPath } : {}),
    ...(known.length > 0 ? { transports: known } : {}),
    ...(route === undefined ? {} : { route }),
    ...(processes === undefined ? {} : { processes }),
  };
}

/** processesPerApplication of HttpPlatformHandler, where web.config sets it. */
function platformProcesses(document: XmlDocument | undefined): number | undefined {
  const section = document && sectionAt(document, 'system.webServer/httpPlatform');
  const count = Number(section && attribute(section, 'processesPerApplication'));
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

/** undefined where nothing sets it, and where iisnode refuses its settings. */
function processesOf(app: App): number | undefined {
  const name = 'nodeProcessCountPerApplication';
  const { values, sources } = app.settingsOf(app.entry?.name) ?? {};
  if (values === undefined || sources?.[name] === 'default') return undefined;
  return sources?.[name] === 'computed' ? 0 : values[name];
}

function notWellFormed(file: string, cause: XmlError): UserError {
  return new UserError('WEB_CONFIG_INVALID', {
    what: `${file}:${cause.position.line}:${cause.position.column} is not well-formed XML`,
    why: cause.message,
    next: `fix that line (${iisnodeSock} doctor shows it), then run init again; nothing was changed`,
    cause,
  });
}
