import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { isObject, type Json, parseJson, readManifest, strings } from '../../app/index.js';
import type { AppFolder } from '../../source/index.js';

/** A package that the code loads but package.json does not name. */
export interface Undeclared {
  /** It is nevertheless in the app's own node_modules. */
  readonly isInstalled: boolean;
  /** In devDependencies: `npm ci --omit=dev` does not install it. */
  readonly isDev: boolean;
}

/** Is the package in a node_modules here or above? A workspace has its packages in a folder above. */
export function isInstalled(root: string, name: string): boolean {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', name))) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

const groups = ['dependencies', 'optionalDependencies', 'peerDependencies'];
const declaredNames = (manifest: Json | undefined): readonly string[] =>
  groups.flatMap((group) => Object.keys(strings(manifest?.[group])));

/** Returns 'socket.io' for 'socket.io/dist/x', '@scope/name' for '@scope/name/x'. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** A valid npm name: '@/db' and '~/db' are aliases. */
const isPackageName = (name: string): boolean => /^(@[\w-][\w.-]*\/)?[a-z\d_-][\w.-]*$/i.test(name);

/** The dependencies of the packages in a lock file: npm installs them where the app can load them. */
function neededByOthers(lock: Json | undefined): ReadonlySet<string> | undefined {
  const packages = lock?.packages;
  if (!isObject(packages)) return undefined;
  return new Set(
    Object.entries(packages).flatMap(([at, entry]) =>
      at === '' || !isObject(entry) || entry.dev === true || entry.extraneous === true ? [] : declaredNames(entry),
    ),
  );
}

/** The dependencies of the app's packages in its own node_modules. */
function neededByInstalled(folder: AppFolder, names: readonly string[]): ReadonlySet<string> {
  const manifest = (name: string): Json | undefined => parseJson(folder.readInstalled(`${name}/package.json`));
  const seen = new Set(names);
  for (const name of seen)
    if (seen.size < mostPackages) for (const next of declaredNames(manifest(name))) seen.add(next);
  return seen;
}

const mostPackages = 2_000;

/** The packages in the folder's own package.json and in those below it, and the names of those packages. */
function ofFolder(folder: AppFolder): ReadonlySet<string> {
  const manifests = folder.files
    .filter((file) => /(^|\/)package\.json$/i.test(file))
    .map((file) => readManifest(folder, file).fields);
  return new Set(
    manifests.flatMap((each) => [...declaredNames(each), ...(typeof each?.name === 'string' ? [each.name] : [])]),
  );
}

/**
 * Finds the packages that an app uses without naming them. Not included: packages of a folder above (a workspace), dependencies of
 * other packages, builtins, aliases, and files of the app itself; nothing is reported where npm is not the package manager.
 */
export function undeclaredOf(folder: AppFolder, manifest: Json | undefined): (name: string) => Undeclared | undefined {
  if (!manifest || !folder.hasSources || folder.isFile('.pnp.cjs') || folder.isFile('.pnp.js')) return () => undefined;
  const declared = ofFolder(folder);
  const isAliasing = '_moduleAliases' in manifest || 'imports' in manifest || declared.has('tsconfig-paths');
  const dev = strings(manifest.devDependencies);
  let needed: ReadonlySet<string> | undefined;
  let lock: ReadonlySet<string> | undefined;
  return (name) => {
    if (isAliasing || declared.has(name) || !isPackageName(name) || isBuiltin(name)) return undefined;
    if (folder.isDirectory(name) || ['.js', '.cjs', '.mjs'].some((ending) => folder.isFile(name + ending)))
      return undefined;
    lock ??= neededByOthers(parseJson(folder.read('package-lock.json') ?? folder.read('npm-shrinkwrap.json')));
    const isOwn = existsSync(path.join(folder.root, 'node_modules', name));
    if (!isOwn && isInstalled(path.dirname(folder.root), name)) return undefined;
    needed ??= neededByInstalled(folder, [...declared]);
    if (lock?.has(name) || needed.has(name)) return undefined;
    const isDev = name in dev;
    // Without a lock file and node_modules the dependencies of other packages are unknown.
    if (!isOwn && !isDev && lock === undefined && !folder.isDirectory('node_modules')) return undefined;
    return { isInstalled: isOwn, isDev };
  };
}
