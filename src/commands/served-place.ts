import { isAbsolute, relative, sep } from 'node:path';
import type { ConfigModel } from '../config/index.js';
import { upTo, withoutEnd } from '../trimmed.js';

/** An application of a site. */
interface Placed {
  readonly path: string;
  readonly directory: string;
}

/** What a host serves, in the words of the options of `serve`. */
export interface ServedPlace extends Placed {
  /** The further applications of its site. */
  readonly apps: readonly Placed[];
  /** The applicationHost.config that it was given, as it is to be typed. */
  readonly apphost?: string | undefined;
  /** The vdir path is that which every command finds for the folder. */
  readonly isUsualPath?: boolean;
}

/** The app that answers a URL. */
export interface AppAt extends Placed {
  /** The options of `doctor` for the same place. */
  readonly options: OptionsOfDoctor;
}

interface OptionsOfDoctor {
  readonly path?: string;
  readonly app?: readonly string[];
  readonly apphost?: string;
}

/** As they are typed. */
export const typedOptions = ({ path, app = [], apphost }: OptionsOfDoctor): readonly string[] => [
  ...(path === undefined ? [] : ['--path', path]),
  ...app.flatMap((each) => ['--app', each]),
  ...(apphost === undefined ? [] : ['--apphost', apphost]),
];

/** A folder as it is typed: relative to the working directory where that is it, or above it. */
export function nameOf(directory: string, cwd: string): string {
  const below = relative(cwd, directory);
  if (below === '') return '.';
  return below.startsWith('..') || isAbsolute(below) ? directory : `.${sep}${below}`;
}

/** The application of the path of a URL. @param url From its path on. */
export function appAt(served: ServedPlace, url: string): AppAt {
  const { directory, path, apps, isUsualPath = false } = served;
  const own = { directory, path };
  const all = [own, ...apps];
  const [found = own] = all
    .filter((app) => isBelow(pathOf(url), app.path))
    .sort((one, other) => other.path.length - one.path.length);
  const others = all.filter((app) => app !== found);
  const options = {
    ...((found !== own || !isUsualPath) && { path: found.path }),
    ...(others.length > 0 && { app: others.map((app) => `${app.path}=${app.directory}`) }),
  };
  return { ...found, options };
}

/** The same where an applicationHost.config says what is served. @param apphost As it is to be typed. */
export function appInModel(model: ConfigModel, siteName: string, url: string, apphost: string): AppAt | undefined {
  const site = model.sites.find(({ name }) => name === siteName);
  if (site === undefined) return undefined;
  const folderOf = (at: string): string => model.locate(site, at).physicalPath;
  const { path } = model.locate(site, pathOf(url)).application;
  const directory = folderOf(path);
  // The doctor knows the application by its folder, unless that is several.
  const same = model.sites.flatMap((each) =>
    each.applications.filter((app) => model.locate(each, app.path).physicalPath === directory),
  );
  const app = same.length > 1 ? { app: [`${siteName}${path}=${directory}`] } : {};
  return { path, directory, options: { ...app, apphost } };
}

/** The options with which `trace` goes the same way. @param cwd The folder needs no option there. */
export function optionsOfTrace({ directory, path, apps, apphost, isUsualPath }: ServedPlace, cwd: string): string[] {
  if (apphost !== undefined) return ['--apphost', apphost];
  return [
    ...(directory === cwd ? [] : ['--dir', nameOf(directory, cwd)]),
    ...(isUsualPath ? [] : ['--path', path]),
    ...apps.flatMap((app) => ['--app', `${app.path}=${app.directory}`]),
  ];
}

/** The decoded path of a URL; as it is where it cannot be decoded. */
function pathOf(url: string): string {
  const path = upTo(url, '?#');
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** IIS ignores case. */
function isBelow(path: string, application: string): boolean {
  const folder = withoutEnd(application, '/').toLowerCase();
  const asked = path.toLowerCase();
  return asked === folder || asked.startsWith(`${folder}/`);
}
