import { UserError } from '../errors.js';
import { iisnodeHandlers, plainRouteIn, sectionAt, sectionsAt, vdirPathFault, vdirPathIn } from '../webconfig/index.js';
import { attribute, parseXml, type XmlDocument, XmlError } from '../xml/index.js';
import type { Transport } from './options.js';
import { readBytes } from './text-file.js';

/** What an app's web.config already says of what init would otherwise take the default for. */
export interface KnownSettings {
  readonly vdirPath?: string;
  readonly transports?: readonly Transport[];
  readonly processes?: number;
  /** Files that its handlers give to iisnode: relative, forward slashes. */
  readonly entries?: readonly string[];
  /** Where plain WebSockets come in, below the app's own URL: 'stream'. */
  readonly route?: string;
  /** Names in its appSettings, lower case. */
  readonly settings?: readonly string[];
}

/**
 * What the web.config says; nothing when there is none. The bytes are read, because their encoding must fit what the
 * declaration says. Throws UserError WEB_CONFIG_INVALID (usage) with the place when it is not well-formed, FILE_UNREADABLE.
 */
export function readKnownSettings(file: string): KnownSettings {
  const bytes = readBytes(file);
  if (bytes === undefined) return {};
  const document = parsed(bytes, file);
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
  const paths = iisnodeHandlers(document).flatMap((handler) => handler.paths);
  const entries = [...new Set(paths.map((each) => each.replaceAll('\\', '/').replace(/^(\.?\/)+/, '')))];
  return {
    settings: settings.map(({ name }) => name),
    entries: entries.filter((each) => each !== '' && !/[*?]/.test(each)),
    ...(vdirPath !== undefined && vdirPathFault(vdirPath) === undefined ? { vdirPath } : {}),
    ...(known.length > 0 ? { transports: known } : {}),
    ...(route === undefined ? {} : { route }),
    ...(count !== undefined && /^\d+$/.test(count) ? { processes: Number(count) } : {}),
  };
}

function parsed(bytes: Uint8Array, file: string): XmlDocument {
  try {
    return parseXml(bytes, file);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new UserError('WEB_CONFIG_INVALID', {
      what: `${file}:${cause.position.line}:${cause.position.column} is not well-formed XML`,
      why: cause.message,
      next: 'fix that place (iisnode-sock doctor shows it), then run init again; nothing was changed',
      cause,
    });
  }
}
