import type { WebConfigFile } from '../app/index.js';
import { UserError } from '../errors.js';
import { plainRouteIn, sectionAt, sectionsAt, vdirPathFault, vdirPathIn } from '../webconfig/index.js';
import { attribute, type XmlError } from '../xml/index.js';
import type { Transport } from './options.js';

/** Settings in an app's web.config that replace init's defaults. */
export interface KnownSettings {
  readonly vdirPath?: string;
  readonly transports?: readonly Transport[];
  readonly processes?: number;
  /** The URL of plain WebSockets, below the app's own URL: 'stream'. */
  readonly route?: string;
  /** Names in its appSettings, lower case. */
  readonly settings?: readonly string[];
}

/** The settings of a web.config; empty when there is none. Throws UserError WEB_CONFIG_INVALID (usage) with the position when it is not well-formed. */
export function knownSettings({ file, document, error }: WebConfigFile): KnownSettings {
  if (error !== undefined) throw notWellFormed(file, error);
  if (document === undefined) return {};
  const settings = sectionsAt(document, 'appSettings/add').map((add) => ({
    name: (attribute(add, 'key') ?? '').toLowerCase(),
    value: attribute(add, 'value') ?? '',
  }));
  const iisnode = sectionAt(document, 'system.webServer/iisnode');
  const count = iisnode && attribute(iisnode, 'nodeProcessCountPerApplication');
  const route = plainRouteIn(document);
  const vdirPath = vdirPathIn(document)?.path;
  const transports = (settings.find(({ name }) => name === 'transports')?.value ?? '')
    .split(',')
    .map((name) => name.trim());
  const known = transports.filter((name): name is Transport => name === 'websocket' || name === 'polling');
  return {
    settings: settings.map(({ name }) => name),
    ...(vdirPath !== undefined && vdirPathFault(vdirPath) === undefined ? { vdirPath } : {}),
    ...(known.length > 0 ? { transports: known } : {}),
    ...(route === undefined ? {} : { route }),
    ...(count !== undefined && /^\d+$/.test(count) ? { processes: Number(count) } : {}),
  };
}

function notWellFormed(file: string, cause: XmlError): UserError {
  return new UserError('WEB_CONFIG_INVALID', {
    what: `${file}:${cause.position.line}:${cause.position.column} is not well-formed XML`,
    why: cause.message,
    next: 'fix that line (iisnode-sock doctor shows it), then run init again; nothing was changed',
    cause,
  });
}
