import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  isObject,
  type ManifestFault,
  managerCommand,
  nearestManifest,
  packageManagerOf,
  packagesBelow,
  parseJson,
  readManifest,
} from '../../app/index.js';
import type { AppFolder } from '../../source/index.js';
import { isInstalled, type Undeclared, undeclaredOf } from './declared.js';
import { majorOf } from './version-range.js';

/** The version of socket.io (or its client) that the app will load, as exactly as known from the folder. */
export interface SocketIoVersion {
  /** undefined: unknown. */
  readonly major: number | undefined;
  /** '4.8.1' or '^4.0.0'. */
  readonly text: string | undefined;
  readonly from: 'node_modules' | 'lock file' | 'package.json' | undefined;
}

/** The content of package.json, and which packages are installed: plain data. */
export interface PackageFacts {
  /** False: no package.json, or one that is not JSON. */
  readonly present: boolean;
  readonly main: string | undefined;
  /** scripts by name. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Names in dependencies and devDependencies. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Names in dependencies of the packages below the app's folder: a workspace's server may use them. */
  readonly ofWorkspaces: ReadonlySet<string>;
  /** Names in dependencies that are in no node_modules here or above, where node searches for them. */
  readonly notInstalled: ReadonlySet<string>;
  /** There is a node_modules in the app's folder, or one above it that has some of the dependencies: npm install was run. */
  readonly wasInstalled: boolean;
  /** engines.node. */
  readonly nodeRange: string | undefined;
  readonly socketIo: SocketIoVersion;
  /** socket.io's client, if package.json names it. */
  readonly socketIoClient: SocketIoVersion;
}

/** What installs the packages of an app, and links those of its workspace. */
interface InstallCommand {
  readonly command: string;
  /** What writes a package into dependencies. */
  add(name: string): string;
  /** The folder of the workspace that the app is a part of, relative to the app's; undefined: the app's own. */
  readonly above: string | undefined;
  /** That folder says which packages are linked. */
  readonly linksPackages: boolean;
}

/** Queries about packages and the package.json files of the app. */
export interface PackageQueries {
  /** A package that package.json does not name, so npm ci does not install it; undefined: it does, or it is unknown. */
  undeclared(name: string): Undeclared | undefined;
  /** The folder of a package below the app's that no node_modules links; undefined for all others. */
  unlinked(name: string): string | undefined;
  /** What installs the packages. */
  install(): InstallCommand;
  /** The version of a package that the app will load, as exactly as known from the folder. */
  versionOf(name: string): SocketIoVersion;
  /** `type` of the package.json nearest to a file of the app (a relative path), as node finds it. */
  moduleType(relative: string): { readonly type: string | undefined; readonly file: string | undefined };
  /** Why node or npm refuses a package.json of the app (a relative path); undefined when it is valid or missing. */
  manifestFault(relative: string): ManifestFault | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function lockedVersion(folder: AppFolder, name: string): string | undefined {
  const npm = parseJson(folder.read('package-lock.json') ?? folder.read('npm-shrinkwrap.json'));
  if (npm) {
    for (const [section, key] of [
      ['packages', `node_modules/${name}`],
      ['dependencies', name],
    ] as const) {
      const entries = npm[section];
      const entry = isObject(entries) ? entries[key] : undefined;
      const version = isObject(entry) ? text(entry.version) : undefined;
      if (version) return version;
    }
  }
  const pattern = name.replace('.', '\\.');
  const yarn = new RegExp(`^"?${pattern}@[^\\n]*:\\r?\\n\\s+version:? "?([^"\\r\\n]+)`, 'm').exec(
    folder.read('yarn.lock') ?? '',
  );
  const pnpm = new RegExp(`^\\s+['"]?/?${pattern}[@/](\\d[^:'"(\\s]*)`, 'm').exec(folder.read('pnpm-lock.yaml') ?? '');
  return yarn?.[1] ?? pnpm?.[1];
}

function versionOf(folder: AppFolder, dependencies: Readonly<Record<string, string>>, name: string): SocketIoVersion {
  // node_modules is not part of the listing; the installed version is used before the written one.
  const manifest = folder.hasSources ? folder.readInstalled(`${name}/package.json`) : undefined;
  const installed = text(parseJson(manifest)?.version);
  if (installed) return { major: majorOf(installed), text: installed, from: 'node_modules' };
  const locked = lockedVersion(folder, name);
  if (locked) return { major: majorOf(locked), text: locked, from: 'lock file' };
  const range = dependencies[name];
  if (range) return { major: majorOf(range), text: range, from: 'package.json' };
  return unnamed;
}

const unnamed: SocketIoVersion = { major: undefined, text: undefined, from: undefined };

function notInstalled(folder: AppFolder, names: readonly string[]): ReadonlySet<string> {
  if (!hasNodeModules(folder)) return new Set();
  return new Set(names.filter((name) => !isInstalled(folder.root, name)));
}

/** Yarn's Plug'n'Play has no node_modules; a deployed folder without sources is not asked. */
const hasNodeModules = (folder: AppFolder): boolean =>
  folder.hasSources && !folder.isFile('.pnp.cjs') && !folder.isFile('.pnp.js');

function unlinkedFolder(folder: AppFolder, name: string): string | undefined {
  const below = packagesBelow(folder);
  const found = hasNodeModules(folder) ? below.find(({ manifest }) => manifest.name === name) : undefined;
  const isLinked = (at: string): boolean => existsSync(path.join(folder.root, at, 'node_modules', name));
  if (found === undefined || isInstalled(folder.root, name)) return undefined;
  return below.some((each) => isLinked(each.folder)) ? undefined : found.folder;
}

/** A workspace's packages are installed and linked in its own folder, which may be one above the app's. */
function installCommand(folder: AppFolder): InstallCommand {
  const { name, root, linksPackages } = packageManagerOf(folder.root);
  return {
    command: managerCommand(name, 'install'),
    add: (each) => managerCommand(name, `add ${each}`),
    above: root === folder.root ? undefined : path.relative(folder.root, root).replaceAll(path.sep, '/'),
    linksPackages,
  };
}

/** Reads package.json and whatever names the socket.io version. */
export function readPackage(folder: AppFolder): {
  readonly package: PackageFacts;
  readonly queries: PackageQueries;
} {
  const manifest = readManifest(folder);
  const dependencies = { ...manifest.devDependencies, ...manifest.dependencies };
  const wanted = Object.keys(manifest.dependencies);
  const missing = notInstalled(folder, wanted);
  const facts: PackageFacts = {
    present: manifest.isRead,
    main: manifest.main,
    scripts: manifest.scripts,
    dependencies,
    ofWorkspaces: new Set(packagesBelow(folder).flatMap((each) => Object.keys(each.manifest.dependencies))),
    notInstalled: missing,
    wasInstalled: folder.isDirectory('node_modules') || missing.size < wanted.length,
    nodeRange: manifest.nodeRange,
    socketIo: versionOf(folder, dependencies, 'socket.io'),
    // Old servers include their own client; only a client in package.json is for the pages.
    socketIoClient: 'socket.io-client' in dependencies ? versionOf(folder, dependencies, 'socket.io-client') : unnamed,
  };
  const queries: PackageQueries = {
    undeclared: undeclaredOf(folder, manifest.isRead ? manifest.fields : undefined),
    unlinked: (name) => unlinkedFolder(folder, name),
    install: () => installCommand(folder),
    versionOf: (name) => versionOf(folder, dependencies, name),
    manifestFault: (relative) => readManifest(folder, relative).fault,
    moduleType: (relative) => {
      const nearest = nearestManifest(folder, relative);
      return {
        type: nearest?.type,
        file: nearest && path.relative(folder.root, nearest.file).replaceAll(path.sep, '/'),
      };
    },
  };
  return { package: facts, queries };
}
