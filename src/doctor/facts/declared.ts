import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { isObject, type Json, parseJson, readManifest, strings } from '../../app/index.js';
import type { AppFolder } from '../../source/index.js';

/** A package that the code loads and package.json does not ask for. */
export interface Undeclared {
  /** It lies in the app's own node_modules all the same. */
  readonly isInstalled: boolean;
  /** Among devDependencies: `npm ci --omit=dev` leaves it out. */
  readonly isDev: boolean;
}

/** Is the package in a node_modules here or above? A workspace keeps its packages further up. */
export function isInstalled(root: string, name: string): boolean {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'node_modules', name))) return true;
    if (folder === path.dirname(folder)) return false;
  }
}

const groups = ['dependencies', 'optionalDependencies', 'peerDependencies'];
const namesIn = (manifest: Json | undefined): readonly string[] =>
  groups.flatMap((group) => Object.keys(strings(manifest?.[group])));

/** 'socket.io/dist/x' gives 'socket.io', '@scope/name/x' gives '@scope/name'. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** A name npm would take: '@/db' and '~/db' are somebody's alias. */
const isPackageName = (name: string): boolean => /^(@[\w-][\w.-]*\/)?[a-z\d_-][\w.-]*$/i.test(name);

/** What the packages that a lock file lists need themselves: npm puts that within reach of the app, too. */
function neededByOthers(lock: Json | undefined): ReadonlySet<string> | undefined {
  const packages = lock?.packages;
  if (!isObject(packages)) return undefined;
  return new Set(
    Object.entries(packages).flatMap(([at, entry]) =>
      at === '' || !isObject(entry) || entry.dev === true || entry.extraneous === true ? [] : namesIn(entry),
    ),
  );
}

/** What the packages in the app's own node_modules that it asks for need themselves. */
function neededByInstalled(folder: AppFolder, names: readonly string[]): ReadonlySet<string> {
  const manifest = (name: string): Json | undefined => parseJson(folder.readInstalled(`${name}/package.json`));
  const seen = new Set(names);
  for (const name of seen) if (seen.size < mostPackages) for (const next of namesIn(manifest(name))) seen.add(next);
  return seen;
}

const mostPackages = 2_000;

/** The packages that the folder's own package.json and those below it ask for, and those packages themselves. */
function ofFolder(folder: AppFolder): ReadonlySet<string> {
  const manifests = folder.files
    .filter((file) => /(^|\/)package\.json$/i.test(file))
    .map((file) => readManifest(folder, file).fields);
  return new Set(
    manifests.flatMap((each) => [...namesIn(each), ...(typeof each?.name === 'string' ? [each.name] : [])]),
  );
}

/**
 * Tells which packages an app uses without asking for them. What a folder above has (a workspace), what other packages bring,
 * builtins, aliases, and files of the app itself are none of them; nor is anything said where npm is not what installs.
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
    // Without a lock file and without node_modules nobody knows what other packages bring.
    if (!isOwn && !isDev && lock === undefined && !folder.isDirectory('node_modules')) return undefined;
    return { isInstalled: isOwn, isDev };
  };
}
