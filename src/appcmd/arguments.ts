import { type Argument, joinedArgument } from '../quoting.js';
import { withoutEnd, withoutStart } from '../trimmed.js';
import type { AppcmdProperties } from './types.js';

/**
 * Builders of appcmd's argument lists. They only build: `Appcmd.run` runs them, `Appcmd.format` prints them.
 * Each argument is one array element, unquoted, as CreateProcess passes it. A physical path may contain placeholders.
 */

/** `Site/path`; the root application is `Site/`, with the slash. */
export const appName = (site: string, path: string): string => `${site}/${withoutEnd(withoutStart(path, '/'), '/')}`;

/** `Site/app/vdir`; the root virtual directory of an application is `Site/app/`. */
function vdirName(site: string, app: string, path: string): string {
  const base = appName(site, app).replace(/\/$/, '');
  return `${base}/${withoutEnd(withoutStart(path, '/'), '/')}`;
}

/** A quoted argument must not end in a backslash (it would escape the quote), so it is removed, except for a drive's root. */
export function trimPath(path: string): string {
  const trimmed = path.length > 1 ? withoutEnd(path, '\\/') : path;
  return trimmed === '' || /^[A-Za-z]:$/.test(trimmed) ? path : trimmed;
}

/** `[protocol='http',bindingInformation='*:80:']`; an apostrophe in a value is doubled. */
export function indexer(keys: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(keys).map(([key, value]) => `${key}='${String(value).replaceAll("'", "''")}'`);
  return `[${pairs.join(',')}]`;
}

/** `/name:value` for each property, in order. */
const propertyArguments = (properties: AppcmdProperties = {}): string[] =>
  Object.entries(properties).map(([name, value]) => `/${name}:${String(value)}`);

/** The end of a path with a placeholder is not changed. */
function pathArguments(physicalPath: Argument | undefined): Argument[] {
  if (physicalPath === undefined) return [];
  return [joinedArgument('/physicalPath:', typeof physicalPath === 'string' ? trimPath(physicalPath) : physicalPath)];
}

/** Every site, or the one of that name, as XML. */
export const listSites = (name?: string): string[] => ['list', 'site', ...optional(name), '/xml'];
/** Applications of a site (or of all), as XML with their configuration: `preloadEnabled` is only there. */
export const listApps = (site?: string): string[] => [
  'list',
  'app',
  ...(site === undefined ? [] : [`/site.name:${site}`]),
  '/xml',
  '/config',
];
/** Virtual directories of an application (`Site/app`), or of all, as XML. */
export const listVdirs = (app?: string): string[] => [
  'list',
  'vdir',
  ...(app === undefined ? [] : [`/app.name:${app}`]),
  '/xml',
];
/** Application pools with their configuration, as XML: all, or the one of that name (the exit code for "none" is uncertain). */
export const listPools = (name?: string): string[] => [
  'list',
  'apppool',
  ...(name === undefined ? [] : [`/apppool.name:${name}`]),
  '/xml',
  '/config',
];
/** One section as XML; its CONFIG element has `overrideMode` and `locked`. */
export const listConfig = (section: string, path?: string): string[] => [
  'list',
  'config',
  ...optional(path),
  `/section:${section}`,
  '/xml',
];

/** The paths that set a section. */
export const searchConfig = (section: string): string[] => ['search', 'config', `/section:${section}`];
/** Does a command line only read? */
export const isReading = ([verb]: readonly Argument[]): boolean => verb === 'list' || verb === 'search';

/** A site; without `physicalPath` it has no root application. */
export const addSite = (site: {
  readonly name: string;
  readonly id?: number;
  /** `http/*:80:`, comma separated. */
  readonly bindings?: string;
  readonly physicalPath?: Argument;
  readonly properties?: AppcmdProperties;
}): Argument[] => [
  'add',
  'site',
  `/name:${site.name}`,
  ...(site.id === undefined ? [] : [`/id:${site.id}`]),
  ...(site.bindings === undefined ? [] : [`/bindings:${site.bindings}`]),
  ...pathArguments(site.physicalPath),
  ...propertyArguments(site.properties),
];
export const setSite = (name: string, properties: AppcmdProperties): string[] => [
  'set',
  'site',
  name,
  ...propertyArguments(properties),
];
export const deleteSite = (name: string): string[] => ['delete', 'site', name];
export const startSite = (name: string): string[] => ['start', 'site', name];
export const stopSite = (name: string): string[] => ['stop', 'site', name];

const bindingIndexer = (information: string, protocol: string): string =>
  `bindings.${indexer({ protocol, bindingInformation: information })}`;
/** @param information `IP:port:host`, `*:8080:` */
export const addBinding = (site: string, information: string, protocol = 'http'): string[] => [
  'set',
  'site',
  site,
  `/+${bindingIndexer(information, protocol)}`,
];
export const removeBinding = (site: string, information: string, protocol = 'http'): string[] => [
  'set',
  'site',
  site,
  `/-${bindingIndexer(information, protocol)}`,
];

/** The application and, with `physicalPath`, its root virtual directory. */
export const addApp = (app: {
  readonly site: string;
  /** '/dante' */
  readonly path: string;
  readonly physicalPath?: Argument;
  readonly pool?: string;
  readonly properties?: AppcmdProperties;
}): Argument[] => [
  'add',
  'app',
  `/site.name:${app.site}`,
  `/path:${app.path}`,
  ...pathArguments(app.physicalPath),
  ...(app.pool === undefined ? [] : [`/applicationPool:${app.pool}`]),
  ...propertyArguments(app.properties),
];
export const setApp = (site: string, path: string, properties: AppcmdProperties): string[] => [
  'set',
  'app',
  appName(site, path),
  ...propertyArguments(properties),
];
/** Child applications and the pool stay; files stay. Exit 50 when it does not exist. */
export const deleteApp = (site: string, path: string): string[] => ['delete', 'app', appName(site, path)];

export const addVdir = (vdir: {
  readonly site: string;
  /** The application's path, '/' for the root one. */
  readonly app: string;
  readonly path: string;
  readonly physicalPath: Argument;
}): Argument[] => [
  'add',
  'vdir',
  `/app.name:${appName(vdir.site, vdir.app)}`,
  `/path:${vdir.path}`,
  ...pathArguments(vdir.physicalPath),
];
/** The usual way to switch an application to another folder: its root virtual directory's path. */
export const setVdirPath = (site: string, app: string, path: string, physicalPath: Argument): Argument[] => [
  'set',
  'vdir',
  vdirName(site, app, path),
  ...pathArguments(physicalPath),
];
export const deleteVdir = (site: string, app: string, path: string): string[] => [
  'delete',
  'vdir',
  vdirName(site, app, path),
];

export const addPool = (name: string, properties?: AppcmdProperties): string[] => [
  'add',
  'apppool',
  `/name:${name}`,
  ...propertyArguments(properties),
];
/** All attributes in one command: one commit, one recycle. `managedRuntimeVersion: ''` is "No Managed Code". */
export const setPool = (name: string, properties: AppcmdProperties): string[] => [
  'set',
  'apppool',
  `/apppool.name:${name}`,
  ...propertyArguments(properties),
];
export const deletePool = (name: string): string[] => ['delete', 'apppool', name];
export const startPool = (name: string): string[] => ['start', 'apppool', name];
export const stopPool = (name: string): string[] => ['stop', 'apppool', name];
/** A new worker process takes over, the old one ends its requests. Exit 1062 when the pool is stopped. */
export const recyclePool = (name: string): string[] => ['recycle', 'apppool', name];

/** Properties of a section: only `name: value`; write `{ "/+[name='x']": ... }` directly. */
export const setConfig = (section: string, properties: AppcmdProperties, path?: string): string[] => [
  'set',
  'config',
  ...optional(path),
  `/section:${section}`,
  ...propertyArguments(properties),
];
/** Lets web.config files set the section. Repeating it succeeds. */
export const unlockConfig = (section: string): string[] => ['unlock', 'config', `/section:${section}`];
/** Removes what the server sets of a section. */
export const clearConfig = (section: string): string[] => ['clear', 'config', `/section:${section}`, '/commit:apphost'];
export const lockConfig = (section: string): string[] => ['lock', 'config', `/section:${section}`];

function optional(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
