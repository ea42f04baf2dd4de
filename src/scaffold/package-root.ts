import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseJson, strings, textOf } from '../app/index.js';
import { FileError, fileLimits, readFileSync } from '../files/index.js';

interface OwnPackage {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** This package's own folder: absolute, the same from the sources and from the bundle. Throws when there is none. */
export function packageRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  let folder = here;
  for (;;) {
    const file = path.join(folder, 'package.json');
    if (existsSync(file) && readPackage(file).name === 'iisnode-sock') return folder;
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`${here} is in no iisnode-sock package`);
    folder = parent;
  }
}

/**
 * The exact version of a package for a new app: for a dependency of this package the installed version, which is in npm's cache;
 * for a development dependency, which users of this package do not have, the lowest version of its range.
 * Undefined for a package that this one does not depend on.
 */
export function pinned(dependency: string): string | undefined {
  const root = packageRoot();
  const { dependencies, devDependencies } = readPackage(path.join(root, 'package.json'));
  const range = dependencies[dependency];
  if (range === undefined) return lowest(devDependencies[dependency]);
  return installedVersion(root, dependency) ?? lowest(range);
}

/** Searched like node, from the folder upwards; undefined in an unusual layout of node_modules. */
function installedVersion(root: string, dependency: string): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'node_modules', dependency, 'package.json');
    if (existsSync(file)) return versionIn(file);
    if (folder === path.dirname(folder)) return undefined;
  }
}

function versionIn(file: string): string | undefined {
  try {
    return readPackage(file).version;
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}

const lowest = (range: string | undefined): string | undefined => range?.replace(/^[^\d]*/, '');

function readPackage(file: string): OwnPackage {
  const { name, version, dependencies, devDependencies } =
    parseJson(readFileSync(file, fileLimits.config).toString()) ?? {};
  return {
    name: textOf(name),
    version: textOf(version),
    dependencies: strings(dependencies),
    devDependencies: strings(devDependencies),
  };
}
