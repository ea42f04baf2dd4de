import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface OwnPackage {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
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
 * The exact version of one of this package's own dependencies, as installed beside it: what npm has in its cache.
 * Undefined for a package that this one does not depend on.
 */
export function installedVersion(dependency: string): string | undefined {
  const root = packageRoot();
  const range = readPackage(path.join(root, 'package.json')).dependencies?.[dependency];
  if (range === undefined) return undefined;
  try {
    const found: unknown = createRequire(path.join(root, 'package.json'))(`${dependency}/package.json`);
    if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string') {
      return found.version;
    }
  } catch {
    // Not to be seen from here (an odd layout of node_modules): the lowest version of the range will do.
  }
  return range.replace(/^[^\d]*/, '');
}

function readPackage(file: string): OwnPackage {
  return JSON.parse(readFileSync(file, 'utf8')) as OwnPackage;
}
