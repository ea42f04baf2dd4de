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

/** The configuration of one application, on a server whose own configuration is the installed one, unlocked. */
export interface FolderModel {
  readonly model: ConfigModel;
  /** The application's own folder. */
  readonly at: ConfigLocation;
}

/** The name of the server's own configuration file, as origins have it. */
export const serverFile = 'applicationHost.config';

interface ConfiguredFolder {
  /** Absolute physical path, in the syntax of `platform`. */
  readonly directory: string;
  readonly vdirPath: string;
  /** Reads the folder's web.config and the files that it names. */
  readonly reader: ConfigReader;
  readonly platform: LoadOptions['platform'];
}

/**
 * Loads the configuration of the app in a folder. Nothing above the folder is read: the server has other files there. Throws
 * ConfigError.
 */
export function loadFolderModel({ directory, vdirPath, reader, platform }: ConfiguredFolder): FolderModel {
  const { join } = platform === 'win32' ? path.win32 : path.posix;
  const file = join(directory, serverFile);
  const sites = sitesOf(directory, vdirPath, join(directory, '.no-site-root'));
  const model = loadConfigModel({ file, applicationHost: server(), sites, reader, environment: {}, platform });
  const [site] = model.sites;
  if (site === undefined) throw new Error('the configuration that was made has a site');
  return { model, at: model.locate(site, vdirPath === '/' ? '/' : `${vdirPath}/`) };
}

/** The server without sites, the same for every folder. */
const server = (): string => {
  serverText ??= applicationHostText({ sites: [], pools: ['DefaultAppPool'], unlocked: true });
  return serverText;
};
let serverText: string | undefined;

/** An app at /dante gets a site root that does not exist, so that nothing above it is inherited. */
function sitesOf(directory: string, vdirPath: string, emptyRoot: string): string {
  const app = { path: vdirPath, physicalPath: directory };
  const applications = vdirPath === '/' ? [app] : [{ path: '/', physicalPath: emptyRoot }, app];
  return applicationHostSites([
    { name: 'Default Web Site', id: 1, bindings: [{ protocol: 'http', information: '*:80:' }], applications },
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
  const faults: ConfigError[] = [];
  const { loaded } = readWithoutFaults(document, (current) => {
    const { model, at } = load(current);
    const errors = [...model.errors(at), ...validateDocument(current)];
    for (const error of errors) if (!faults.some((other) => isSameFault(other, error))) faults.push(error);
    return { loaded: { model, at }, errors: errors.filter(({ file }) => isOwn(file)) };
  });
  return { ...loaded, faults };
}

/** A section that is read twice has the same errors twice. */
export const isSameFault = (one: ConfigError, other: ConfigError): boolean =>
  one.message === other.message && one.line === other.line && one.column === other.column;
