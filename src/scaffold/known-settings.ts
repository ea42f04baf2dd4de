import { UserError } from '../errors.js';
import { iisnodeHandlers, plainRouteIn, vdirPathFault, vdirPathIn } from '../webconfig/index.js';
import { attribute, find, findAll, parseXml, type XmlDocument, type XmlElement, XmlError } from '../xml/index.js';
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
  const { root } = document;
  // Settings may stand in <location path=".">, so that applications below do not inherit them.
  const scopes = [root, ...findAll(root, 'location')];
  const setting = (name: string): string | undefined => firstOf(scopes, (scope) => appSetting(scope, name));
  const count = firstOf(scopes, (scope) => {
    const iisnode = find(scope, 'system.webServer/iisnode');
    return iisnode && attribute(iisnode, 'nodeProcessCountPerApplication');
  });
  const route = plainRouteIn(document);
  const vdirPath = vdirPathIn(document)?.path;
  const transports = (setting('transports') ?? '').split(',').map((name) => name.trim());
  const known = transports.filter((name): name is Transport => name === 'websocket' || name === 'polling');
  const paths = iisnodeHandlers(document).flatMap((handler) => handler.paths);
  const entries = [...new Set(paths.map((each) => each.replaceAll('\\', '/').replace(/^(\.?\/)+/, '')))];
  return {
    settings: scopes.flatMap((scope) =>
      findAll(scope, 'appSettings/add').map((add) => (attribute(add, 'key') ?? '').toLowerCase()),
    ),
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
      next: 'mend that place (iisnode-sock doctor shows it), then run init again; nothing was changed',
      cause,
    });
  }
}

function appSetting(scope: XmlElement, name: string): string | undefined {
  const found = findAll(scope, 'appSettings/add').find(
    (add) => attribute(add, 'key')?.toLowerCase() === name.toLowerCase(),
  );
  return found && attribute(found, 'value');
}

function firstOf<T>(scopes: readonly XmlElement[], read: (scope: XmlElement) => T | undefined): T | undefined {
  for (const scope of scopes) {
    const found = read(scope);
    if (found !== undefined) return found;
  }
  return undefined;
}
