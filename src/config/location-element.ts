import { attribute, type XmlElement } from '../xml/index.js';
import type { Block, FileLevel } from './block.js';
import type { ErrorSink } from './error-sink.js';
import { boolOf, oneOf, refuseUnknown } from './meta-attributes.js';
import type { OverrideMode } from './schema/types.js';
import { unconfirmed } from './unconfirmed.js';

type LocationScope = Pick<Block, 'target' | 'overrideMode' | 'inheritInChildApplications'>;

const known = ['path', 'overrideMode', 'allowOverride', 'inheritInChildApplications'];

/** The attributes of a `<location>`; undefined when it is invalid, which is reported to the sink. */
export function readLocation(element: XmlElement, level: FileLevel, sink: ErrorSink): LocationScope | undefined {
  const before = sink.errors.length;
  refuseUnknown(element, known, sink);
  const scope = {
    target: targetOf(attribute(element, 'path') ?? '.', level),
    overrideMode: overrideModeOf(element, sink),
    inheritInChildApplications: boolOf(element, 'inheritInChildApplications', sink) ?? true,
  };
  return sink.errors.length === before ? scope : undefined;
}

/** In applicationHost.config the first segment is the site; in a web.config the path is relative to its folder. */
function targetOf(path: string, level: FileLevel): FileLevel {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (path === '' || path === '.' || segments.length === 0) return level;
  const tail = `/${segments.join('/')}`;
  // A path that starts with a slash matches nothing: the double slash is never part of a level's key.
  const lost = path.startsWith('/') ? '/' : '';
  const inSite = level.key === '' ? segments.slice(1) : segments;
  return {
    key: `${level.key}${lost}${tail.toLowerCase()}`,
    configPath: `${level.configPath}${tail}`,
    basePath: inSite.length === 0 ? level.basePath : `${level.basePath}/${inSite.join('/')}`,
  };
}

function overrideModeOf(element: XmlElement, sink: ErrorSink): OverrideMode | undefined {
  const older = boolOf(element, 'allowOverride', sink);
  if (attribute(element, 'overrideMode') === undefined) {
    return older === undefined ? undefined : older ? 'Allow' : 'Deny';
  }
  if (attribute(element, 'allowOverride') !== undefined) {
    sink.add('bad-location', unconfirmed.bothModesMessage, element);
    return undefined;
  }
  const mode = oneOf(element, 'overrideMode', ['Inherit', 'Allow', 'Deny'], sink);
  return mode === 'Inherit' ? undefined : mode;
}
