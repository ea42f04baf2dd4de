import path from 'node:path';
import { type PlacedApp, placeOfApp, type ServerCopy, serverTextFor } from '../app/place/index.js';
import { applicationHostText, type ConfigModel, type ConfigReader, loadConfigModel } from '../config/index.js';
import { UserError } from '../errors.js';
import { FileError, requireFolder } from '../files/index.js';
import { withoutEnd } from '../trimmed.js';
import { diskPlatform, diskReader, vdirPathOf } from '../webconfig/index.js';
import { makePrivateFolder, privateFolder } from './private-folder.js';

export interface ServeSiteOptions {
  /** Absolute physical path of the application to serve. */
  readonly directory: string;
  /** Its vdir path: '/' or '/dante'. */
  readonly vdirPath: string;
  /** Further applications of the same site. */
  readonly apps?: readonly { readonly path: string; readonly directory: string }[];
  /** Serve this applicationHost.config instead; the other options are then ignored. */
  readonly applicationHostFile?: string;
  /** For `%VAR%`; process.env by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * The configuration for `serve` and `trace`: an applicationHost.config in memory, as on a server with iisnode, HttpPlatformHandler, Application Request Routing and URL Rewrite
 * and all sections unlocked, with the directory as application at `vdirPath`; or a given file, unchanged.
 * Throws UserError DIRECTORY_NOT_FOUND, DIRECTORY_UNREADABLE, VDIR_PATH_INVALID, VDIR_PATH_TAKEN or APPHOST_NOT_FOUND; the returned loader throws ConfigError.
 */
export function serveSite(options: ServeSiteOptions): LoadConfig {
  const environment = options.environment ?? process.env;
  if (options.applicationHostFile !== undefined)
    return fromFile(path.resolve(options.applicationHostFile), environment);
  const applications = applicationsOf(options);
  const text = applicationHostText({
    unlocked: true,
    installed: ['rewrite', 'iisnode', 'httpPlatform', 'arr'],
    pools: [poolName],
    sites: [{ name: siteName, id: 1, bindings: [{ protocol: 'http', information: '*:8080:' }], applications }],
  });
  return (reader = diskReader) =>
    loadConfigModel({
      file: 'applicationHost.config',
      applicationHost: text,
      reader,
      environment,
      platform: diskPlatform,
    });
}

/**
 * The configuration of a server by a copy of its applicationHost.config, with the folders of this machine in it; listen for the site of the
 * app alone: the folders of others may not be here. The returned loader throws ConfigError.
 */
export function serveCopy(copy: ServerCopy, directory: string): LoadConfig {
  const { file, text: applicationHost, environment } = serverTextFor(copy, directory);
  return (reader = diskReader) =>
    loadConfigModel({ file, applicationHost, reader, environment, platform: diskPlatform });
}

export interface SiteToServeOptions extends BesideApphost {
  /** Absolute physical path of the app. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What `serve` serves, as a command and in the library. */
export interface SiteToServe {
  readonly place: PlacedApp;
  readonly loadConfig: LoadConfig;
  /** The URLs of its applications at this origin, each with a trailing slash; the app's own first. */
  urls(origin: string): readonly string[];
}

/**
 * The site for `serve`: the app at its vdir path and further applications, or the site of an applicationHost.config.
 * Throws UserError OPTION_NOT_USED, and those of `placeOfApp` and `serveSite`.
 */
export function siteToServe(options: SiteToServeOptions): SiteToServe {
  const { directory, path: asked, apps = [], apphost, environment } = options;
  refuseBesideApphost(options);
  const place = placeOfApp(directory, asked);
  const loadConfig = serveSite({
    ...place,
    apps,
    ...(apphost !== undefined && { applicationHostFile: apphost }),
    environment,
  });
  const paths =
    apphost === undefined ? [place.vdirPath, ...apps.map((app) => app.path)] : servedPaths(loadConfig(), directory);
  const urls = (origin: string): readonly string[] =>
    (paths.length > 0 ? paths : ['/']).map((each) => origin + encodeURI(`${withoutEnd(each, '/')}/`));
  return { place, loadConfig, urls };
}

/** Options that an applicationHost.config replaces. */
export interface BesideApphost {
  /** An applicationHost.config. */
  readonly apphost?: string | undefined;
  readonly path?: string | undefined;
  readonly apps?: readonly { readonly path: string; readonly directory: string }[] | undefined;
  /** `--dir`; of `trace`, which needs no folder then. */
  readonly dir?: string | undefined;
}

const besideApphost: readonly (readonly [option: string, isGiven: (options: BesideApphost) => boolean])[] = [
  ['--path', ({ path: asked }) => asked !== undefined],
  ['--app', ({ apps = [] }) => apps.length > 0],
  ['--dir', ({ dir }) => dir !== undefined],
];

/** @throws UserError OPTION_NOT_USED for an option without effect: the file decides where the applications are. */
export function refuseBesideApphost(options: BesideApphost): void {
  const { apphost } = options;
  const [unused] = besideApphost.find(([, isGiven]) => isGiven(options)) ?? [];
  if (apphost === undefined || unused === undefined) return;
  throw new UserError('OPTION_NOT_USED', {
    what: `${unused} has no effect together with --apphost`,
    why: `The applications and their folders are read from ${apphost}.`,
    next: `omit ${unused}, or write it into that file`,
    again: { without: [unused] },
  });
}

/** Paths of the first site's applications; the application of the given folder comes first. */
function servedPaths(model: ConfigModel, directory: string): readonly string[] {
  const [site] = model.sites;
  if (site === undefined) return [];
  const paths = site.applications.map((application) => application.path);
  const isNamed = (name: string): boolean => path.resolve(model.locate(site, name).physicalPath) === directory;
  return [...paths.filter(isNamed), ...paths.filter((name) => !isNamed(name))];
}

/** Loads a configuration; `reader` reads the disk by default. */
type LoadConfig = (reader?: ConfigReader) => ConfigModel;

const siteName = 'Default Web Site';
const poolName = 'DefaultAppPool';

interface Application {
  readonly path: string;
  readonly physicalPath: string;
}

function applicationsOf({ directory, vdirPath, apps = [] }: ServeSiteOptions): readonly Application[] {
  const wanted = [{ path: vdirPath, directory }, ...apps].map((app) => ({
    path: vdirPathOf(app.path),
    physicalPath: checkedDirectory(app.directory),
  }));
  const twice = wanted.find(
    (app, index) => wanted.findIndex((other) => other.path.toLowerCase() === app.path.toLowerCase()) < index,
  );
  if (twice !== undefined) {
    throw new UserError('VDIR_PATH_TAKEN', {
      what: `two applications have the path ${twice.path}`,
      why: 'A vdir path of a site belongs to one application; case does not matter.',
      next: 'give one of them another path with --path or --app',
    });
  }
  if (wanted.some((app) => app.path === '/')) return wanted;
  return [{ path: '/', physicalPath: emptyFolder() }, ...wanted];
}

function checkedDirectory(directory: string): string {
  const absolute = path.resolve(directory);
  requireFolder(absolute, { next: 'name the folder that holds the web.config' });
  return absolute;
}

/** The site's root, when it has no application, is an empty folder; one for all hosts of this user. */
function emptyFolder(): string {
  const folder = privateFolder('empty-site');
  makePrivateFolder(folder);
  return folder;
}

function fromFile(file: string, environment: Readonly<Record<string, string | undefined>>): LoadConfig {
  const read = (reader: ConfigReader): Uint8Array => {
    let why = 'There is no such file.';
    let cause: unknown;
    try {
      const bytes = reader.read(file);
      if (bytes !== undefined) return bytes;
    } catch (error) {
      cause = error;
      why = error instanceof FileError ? error.why : error instanceof Error ? error.message : String(error);
    }
    throw new UserError('APPHOST_NOT_FOUND', {
      what: `Cannot read ${file}`,
      why,
      next: 'name an applicationHost.config with --apphost FILE',
      cause,
    });
  };
  read(diskReader);
  return (reader = diskReader) =>
    loadConfigModel({ file, applicationHost: read(reader), reader, environment, platform: diskPlatform });
}
