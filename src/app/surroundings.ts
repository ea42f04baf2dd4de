import path from 'node:path';
import { UserError } from '../errors.js';
import { requireFolder, spellingOnDisk } from '../files/index.js';
import { completedVdirPath, isSamePath, type SiteApp, vdirPathOf } from '../webconfig/index.js';
import { readServerCopy, type ServerCopy } from './place/server-copy.js';

/** What is known of the server and the site around an app; nothing by default. */
export interface Surroundings {
  /** The other applications of its site, the site's root among them: what their web.config files set is inherited. */
  readonly apps?: readonly SiteApp[];
  /** A copy of the server's applicationHost.config. */
  readonly server?: ServerCopy;
}

/** What the command line says of the server and the site. */
export interface AroundOptions {
  /** The folder of the site's root. */
  readonly siteRoot?: string | undefined;
  /** `/vpath=DIR`, or `Site/vpath=DIR` with `apphost`: applications of the site, the app itself possibly among them. */
  readonly apps?: readonly string[] | undefined;
  /** A copy of the server's applicationHost.config. */
  readonly apphost?: string | undefined;
}

/** An application that the command line names. */
export interface NamedApp extends SiteApp {
  readonly site: string | undefined;
}

export interface ReadAround {
  readonly around: Surroundings;
  /** The app's own vdir path, where the options say it. */
  readonly vdirPath: string | undefined;
  /** The same from the app's place below the site's root: what web.config names goes before it. */
  readonly pathBelowRoot: string | undefined;
}

/**
 * Reads what the options say of the server and the site.
 *
 * @param directory The app's folder, absolute.
 * @param vdirPath `--path`.
 * @throws UserError BAD_APP, VDIR_PATH_TAKEN, those of a folder such as DIRECTORY_NOT_FOUND, APPHOST_NOT_FOUND, APPHOST_INVALID, APPHOST_APP_UNKNOWN.
 */
export function readAround(
  directory: string,
  options: AroundOptions & {
    readonly cwd: string;
    readonly vdirPath?: string | undefined;
    readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  },
): ReadAround {
  const { cwd, apphost, environment = {} } = options;
  const named = [...rootOf(options), ...(options.apps ?? []).map((value) => namedApp(cwd, value, apphost))];
  refuseTwice(named);
  const own = named.find((app) => isSameFolder(app.directory, directory));
  const asked = options.vdirPath === undefined ? undefined : completedVdirPath(options.vdirPath);
  if (own && asked !== undefined && !isSamePath(own.path, asked)) throw twoPaths(own.path, asked);
  const apps = named
    .filter((app) => app !== own)
    .map(({ path: each, directory: folder }) => ({ path: each, directory: folder }));
  const place = { directory, site: own?.site, vdirPath: own?.path ?? asked, apps, environment };
  const server = apphost === undefined ? undefined : readServerCopy(path.resolve(cwd, apphost), place);
  return {
    around: { ...(apps.length > 0 && { apps }), ...(server && { server }) },
    vdirPath: server?.vdirPath ?? own?.path ?? asked,
    pathBelowRoot: pathBelow(apps.find(({ path: each }) => each === '/')?.directory, directory),
  };
}

/** The nearest web.config in a folder above; undefined without one. */
export function webConfigAbove(directory: string): string | undefined {
  for (let folder = path.dirname(directory), last = directory; folder !== last; folder = path.dirname(folder)) {
    const file = spellingOnDisk(path.join(folder, 'web.config'));
    if (file !== undefined) return file;
    last = folder;
  }
  return undefined;
}

function rootOf({ siteRoot, cwd }: AroundOptions & { readonly cwd: string }): readonly NamedApp[] {
  return siteRoot === undefined ? [] : [{ site: undefined, path: '/', directory: folderOf(cwd, siteRoot) }];
}

function namedApp(cwd: string, value: string, apphost: string | undefined): NamedApp {
  const [, site, vdirPath, directory] = /^([^/=]+)?(\/[^=]*)=(.+)$/.exec(value) ?? [];
  if (vdirPath === undefined || directory === undefined || (site !== undefined && apphost === undefined)) {
    throw new UserError('BAD_APP', {
      what: `--app ${value} is not of the form /vpath=DIR`,
      why: 'An application of the site needs a vdir path, which starts with /, and a folder; the name of a site before it needs --apphost.',
      next: 'for example: --app /chat=./chat',
    });
  }
  return { site, path: vdirPathOf(vdirPath), directory: folderOf(cwd, directory) };
}

function folderOf(cwd: string, directory: string): string {
  const absolute = path.resolve(cwd, directory);
  requireFolder(absolute, { next: 'name the folder that holds the web.config' });
  return spellingOnDisk(absolute) ?? absolute;
}

function refuseTwice(apps: readonly NamedApp[]): void {
  const twice = apps.find((app, index) => apps.findIndex((other) => isSamePath(other.path, app.path)) < index);
  if (twice === undefined) return;
  throw new UserError('VDIR_PATH_TAKEN', {
    what: `two applications have the path ${twice.path}`,
    why: 'A vdir path of a site belongs to one application; case does not matter, and --site-root names the one at /.',
    next: 'give one of them another path with --app',
  });
}

function twoPaths(named: string, asked: string): UserError {
  return new UserError('VDIR_PATH_TAKEN', {
    what: `--app says that the app is at ${named}, and --path says ${asked}`,
    why: 'It is examined at one path.',
    next: 'omit one of them',
  });
}

/** Folders of this machine, in the spelling of its disk. */
const isSameFolder = (one: string, other: string): boolean =>
  process.platform === 'win32'
    ? isSamePath(path.resolve(one), path.resolve(other))
    : path.resolve(one) === path.resolve(other);

/** '/apps/chat' for a folder below the site's root; undefined for the root itself and for other folders. */
function pathBelow(root: string | undefined, directory: string): string | undefined {
  const relative = root === undefined ? '' : path.relative(root, directory);
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return undefined;
  return `/${relative.replaceAll(path.sep, '/')}`;
}
