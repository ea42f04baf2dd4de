import path from 'node:path';
import {
  applicationHostSites,
  applicationHostText,
  type ConfigError,
  type ConfigLocation,
  type ConfigModel,
  type ConfigReader,
  type LoadOptions,
  loadConfigModel,
  readWithoutFaults,
  validateDocument,
} from '../config/index.js';
import type { XmlDocument } from '../xml/index.js';
import { isSamePath } from './vdir-path.js';

/** The configuration of one application: on a server as installed, with all sections unlocked, or on one whose own configuration is known. */
export interface FolderModel {
  readonly model: ConfigModel;
  /** The application's own folder. */
  readonly at: ConfigLocation;
}

/** The name of the server's own configuration file, as origins have it. */
const serverFile = 'applicationHost.config';

/** A server's own configuration, in which the application is. */
export interface ServerText {
  /** Absolute; the name in origins and errors. */
  readonly file: string;
  readonly text: string;
  /** The name of the application's site. */
  readonly site: string;
  /** For `%VAR%` in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** An application of the same site. */
export interface SiteApp {
  /** '/' or '/dante'. */
  readonly path: string;
  /** Absolute physical path. */
  readonly directory: string;
}

interface ConfiguredFolder {
  /** Absolute physical path, in the syntax of `platform`. */
  readonly directory: string;
  readonly vdirPath: string;
  /** Reads the folder's web.config and the files that it names. */
  readonly reader: ConfigReader;
  readonly platform: LoadOptions['platform'];
  /** The other applications of its site, the site's root among them. */
  readonly apps?: readonly SiteApp[];
  /** Instead of a server as installed; `apps` is then ignored. */
  readonly server?: ServerText | undefined;
}

/**
 * Loads the configuration of the app in a folder. Of the folders above only those are read that `apps` or `server` name: the server has other
 * files there. Throws ConfigError.
 */
export function loadFolderModel(folder: ConfiguredFolder): FolderModel {
  const { directory, vdirPath, reader, platform, apps = [], server } = folder;
  const { join } = platform === 'win32' ? path.win32 : path.posix;
  const file = join(directory, serverFile);
  const own = { path: vdirPath, directory };
  const options =
    server === undefined
      ? {
          file,
          applicationHost: installed(),
          sites: sitesOf(own, apps, join(directory, '.no-site-root')),
          environment: {},
        }
      : { file: server.file, applicationHost: server.text, environment: server.environment };
  const model = loadConfigModel({ ...options, reader, platform });
  const name = server?.site ?? siteName;
  const site = model.sites.find((each) => each.name === name);
  if (site === undefined) throw new Error(`${options.file} has no site ${name}`);
  return { model, at: model.locate(site, vdirPath === '/' ? '/' : `${vdirPath}/`) };
}

const siteName = 'Default Web Site';

/** The server as installed, without sites, the same for every folder. */
const installed = (): string => {
  installedText ??= applicationHostText({ sites: [], pools: ['DefaultAppPool'], unlocked: true });
  return installedText;
};
let installedText: string | undefined;

/** An app at /dante gets a site root that does not exist, so that nothing above it is inherited, unless the site's root is known. */
function sitesOf(own: SiteApp, apps: readonly SiteApp[], emptyRoot: string): string {
  const all = [...apps.filter(({ path: each }) => !isSamePath(each, own.path)), own];
  const site = all.some(({ path: each }) => each === '/') ? all : [{ path: '/', directory: emptyRoot }, ...all];
  const applications = site.map(({ path: each, directory }) => ({ path: each, physicalPath: directory }));
  return applicationHostSites([
    { name: siteName, id: 1, bindings: [{ protocol: 'http', information: '*:80:' }], applications },
  ]);
}

/** The configuration of an app, as far as it can be read. */
export interface FaultyFolderModel extends FolderModel {
  /** Everything that IIS refuses, each once, in the order found. */
  readonly faults: readonly ConfigError[];
}

/**
 * Loads the configuration of the app in a folder whose web.config may have faults: what IIS refuses in it is left out.
 *
 * @param load Loads it with this document as its web.config. Its errors are not caught.
 * @param isOwn Is this file the web.config, by the name in an error?
 */
export function loadWithoutFaults(
  document: XmlDocument,
  load: (document: XmlDocument) => FolderModel,
  isOwn: (file: string | undefined) => boolean,
): FaultyFolderModel {
  const faults = new Map<string, ConfigError>();
  const { loaded } = readWithoutFaults(document, (current) => {
    const { model, at } = load(current);
    const errors = [...model.errors(at), ...validateDocument(current)];
    for (const error of errors) if (!faults.has(faultKey(error))) faults.set(faultKey(error), error);
    return { loaded: { model, at }, errors: errors.filter(({ file }) => isOwn(file)) };
  });
  return { ...loaded, faults: [...faults.values()] };
}

/** The same for the same error: a section that is read twice has its errors twice. */
export const faultKey = ({ line, column, message }: ConfigError): string => `${line}:${column} ${message}`;
