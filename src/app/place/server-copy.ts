import { realpathSync } from 'node:fs';
import path from 'node:path';
import { someOf } from '../../amounts.js';
import { ConfigError, type ConfigModel, loadConfigModel } from '../../config/index.js';
import { UserError } from '../../errors.js';
import { FileError, fileLimits, readIfThereSync } from '../../files/index.js';
import { diskPlatform, isSamePath, type ServerText, type SiteApp } from '../../webconfig/index.js';
import {
  applyEdits,
  attribute,
  parseXml,
  setAttributeEdit,
  type XmlDocument,
  type XmlElement,
  XmlError,
} from '../../xml/index.js';

/** A copy of a server's applicationHost.config, and the place of the app in it. */
export interface ServerCopy {
  /** Absolute. */
  readonly file: string;
  readonly document: XmlDocument;
  /** The name of the app's site. */
  readonly site: string;
  /** The app's path in that site: '/' or '/dante'. */
  readonly vdirPath: string;
  /** Folders of this machine for other applications of the site. */
  readonly apps: readonly SiteApp[];
  /** The physical paths in the file are those of another machine. */
  readonly isElsewhere: boolean;
  /** For `%VAR%` in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface Wanted {
  /** The app's folder, absolute. */
  readonly directory: string;
  readonly site: string | undefined;
  readonly vdirPath: string | undefined;
  readonly apps: readonly SiteApp[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A virtual directory of the file, an application's root among them. */
interface Candidate {
  readonly site: string;
  /** '/' or '/dante'. */
  readonly path: string;
  readonly physicalPath: string;
}

/**
 * Reads a copy of applicationHost.config and finds the app in it: by its folder, or by the path that the user says.
 *
 * @throws UserError APPHOST_NOT_FOUND, APPHOST_INVALID, APPHOST_APP_UNKNOWN.
 */
export function readServerCopy(file: string, wanted: Wanted): ServerCopy {
  const { directory, apps, environment } = wanted;
  const document = documentIn(file);
  const candidates = candidatesIn(document, file, environment);
  const found = chosen(candidates, wanted);
  if (found.length !== 1) throw appUnknown(file, wanted, found.length > 1 ? found : candidates);
  const [{ site, path: vdirPath, physicalPath }] = found as readonly [Candidate];
  return {
    file,
    document,
    site,
    vdirPath,
    apps,
    isElsewhere: !isSameFolder(physicalPath, directory),
    environment,
  };
}

/**
 * The folder of an application or virtual directory in an applicationHost.config; undefined where nothing is at that place.
 *
 * @throws as readServerCopy.
 */
export function folderInServer(
  file: string,
  { site, vdirPath, environment }: Pick<Wanted, 'environment'> & { readonly site: string; readonly vdirPath: string },
): string | undefined {
  const candidates = candidatesIn(documentIn(file), file, environment);
  return candidates.find((each) => isSamePath(each.site, site) && isSamePath(each.path, vdirPath))?.physicalPath;
}

const texts = new WeakMap<ServerCopy, Map<string, ServerText>>();

/**
 * The file with the folders of this machine in it.
 *
 * @param directory The app's folder: also a copy of it.
 */
export function serverTextFor(copy: ServerCopy, directory: string): ServerText {
  const known = texts.get(copy) ?? new Map<string, ServerText>();
  texts.set(copy, known);
  const { file, site, environment } = copy;
  const text = known.get(directory) ?? { file, text: textWith(copy, directory), site, environment };
  known.set(directory, text);
  return text;
}

/** A folder that exists on the server and not here: no file is looked for below a variable without a value. */
const elsewhere = '%elsewhere%';

function textWith({ document, site, vdirPath, apps, isElsewhere }: ServerCopy, directory: string): string {
  const own = [...apps, { path: vdirPath, directory }];
  const edits = directoriesIn(document).flatMap(({ element, site: of, path: each }) => {
    const known = of === site ? own.find((app) => isSamePath(app.path, each)) : undefined;
    const folder = known?.directory ?? (isElsewhere ? elsewhere : undefined);
    return folder === undefined ? [] : setAttributeEdit(document, element, 'physicalPath', folder);
  });
  return applyEdits(document, edits).text;
}

interface DirectoryElement {
  readonly element: XmlElement;
  readonly site: string;
  readonly path: string;
}

function directoriesIn({ root }: XmlDocument): readonly DirectoryElement[] {
  const sites = childrenOf(childrenOf([root], 'system.applicationHost'), 'sites');
  return childrenOf(sites, 'site').flatMap((site) =>
    childrenOf([site], 'application').flatMap((application) =>
      childrenOf([application], 'virtualDirectory').map((element) => ({
        element,
        site: attribute(site, 'name') ?? '',
        path: joined(attribute(application, 'path') ?? '/', attribute(element, 'path') ?? '/'),
      })),
    ),
  );
}

const childrenOf = (elements: readonly XmlElement[], name: string): readonly XmlElement[] =>
  elements.flatMap(({ children }) => children.filter((child) => child.name === name));

/** The path of a virtual directory in its site. */
function joined(application: string, virtualDirectory: string): string {
  const all = `${application}/${virtualDirectory}`.split('/').filter(Boolean);
  return `/${all.join('/')}`;
}

function documentIn(file: string): XmlDocument {
  try {
    const bytes = readIfThereSync(file, fileLimits.config);
    if (bytes === undefined) throw notFound(file, 'There is no such file.');
    return parseXml(bytes, file);
  } catch (error) {
    if (error instanceof FileError) throw notFound(file, error.why, error);
    if (error instanceof XmlError) throw invalid(file, `${error.message} (line ${error.position.line})`, error);
    throw error;
  }
}

function candidatesIn(document: XmlDocument, file: string, environment: Wanted['environment']): readonly Candidate[] {
  const { sites } = modelOf(document, file, environment);
  const all = sites.flatMap(({ name, applications }) =>
    applications.flatMap((application) =>
      application.virtualDirectories.map((directory) => ({
        site: name,
        path: joined(application.path, directory.path),
        physicalPath: directory.physicalPath,
      })),
    ),
  );
  if (all.length === 0)
    throw invalid(file, 'It has no site: an applicationHost.config has system.applicationHost/sites.');
  return all;
}

/** IIS's own checks of the file, without any web.config. */
function modelOf(document: XmlDocument, file: string, environment: Wanted['environment']): ConfigModel {
  const isWindows = directoriesIn(document).some(({ element }) =>
    /^(?:[a-z]:[\\/]|[\\%])/i.test(attribute(element, 'physicalPath') ?? ''),
  );
  try {
    return loadConfigModel({
      file,
      applicationHost: document.text,
      reader: { read: () => undefined },
      environment,
      platform: isWindows ? 'win32' : diskPlatform,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw invalid(file, `${error.message}${error.line === undefined ? '' : ` (line ${error.line})`}`, error);
  }
}

/** Those that may be the app. */
function chosen(candidates: readonly Candidate[], { directory, site, vdirPath }: Wanted): readonly Candidate[] {
  const isHere = ({ physicalPath }: Candidate): boolean => isSameFolder(physicalPath, directory);
  if (vdirPath === undefined) return candidates.filter(isHere);
  const named = candidates.filter(
    (each) => isSamePath(each.path, vdirPath) && (site === undefined || isSamePath(each.site, site)),
  );
  const here = named.filter(isHere);
  return here.length > 0 ? here : named;
}

/** How many applications an error names. */
const mostNamed = 6;

function appUnknown(file: string, { directory, vdirPath }: Wanted, candidates: readonly Candidate[]): UserError {
  const named = candidates.map(({ site, path: each }) => `"${site}${each}"`);
  const likely = candidates.find(({ physicalPath }) => isSamePath(lastName(physicalPath), lastName(directory)));
  const { site = '', path: meant = '/' } = likely ?? candidates[0] ?? {};
  return new UserError('APPHOST_APP_UNKNOWN', {
    what:
      vdirPath === undefined
        ? `${file} has not exactly one application in the folder ${directory}`
        : `${file} has not exactly one application at ${vdirPath}`,
    why: `Its applications are ${someOf(named, mostNamed)}.`,
    next: `say which of them the app is: --app "${site}${meant}=${directory}"`,
  });
}

const lastName = (folder: string): string => folder.split(/[\\/]/).filter(Boolean).at(-1) ?? '';

function notFound(file: string, why: string, cause?: unknown): UserError {
  return new UserError('APPHOST_NOT_FOUND', {
    what: `Cannot read ${file}`,
    why,
    next: 'name an applicationHost.config with --apphost FILE',
    cause,
  });
}

function invalid(file: string, why: string, cause?: unknown): UserError {
  return new UserError('APPHOST_INVALID', {
    what: `${file} is not an applicationHost.config that IIS would read`,
    why: /[.!?)]$/.test(why) ? why : `${why}.`,
    next: 'copy it from the server: %windir%\\System32\\inetsrv\\config\\applicationHost.config',
    cause,
  });
}

/** Is the physical path of the file this folder of this machine? */
function isSameFolder(physicalPath: string, directory: string): boolean {
  if (diskPlatform === 'win32') return isSamePath(path.resolve(physicalPath), path.resolve(directory));
  return physicalPath.startsWith('/') && realOf(physicalPath) === realOf(directory);
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}
