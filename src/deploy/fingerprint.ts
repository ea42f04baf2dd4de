import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileLimits, readIfThereSync } from '../files/index.js';

const sources =
  /\.(?:[cm]?[jt]sx?|node)$|^(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|\.env)$/i;
/** Folders that an app writes to, or that it does not load code from. */
const otherFolders = /^(?:\..*|iisnode|logs?|tests?|__tests__|coverage)$/i;
const deepest = 8;

/**
 * What node has loaded when it has started the app: its sources by their content, because a build writes them again each time, and the
 * packages by name and time. iisnode starts node again for changed scripts beside the entry point alone (watchedFiles): after `npm
 * install` the former packages would run on.
 *
 * @param directory the app's folder.
 * @returns 40 hexadecimal digits; the same for the same files.
 */
export function fingerprintOf(directory: string): string {
  const hash = createHash('sha1');
  addSources(hash, directory, '', 0);
  addPackages(hash, path.join(directory, 'node_modules'));
  return hash.digest('hex');
}

type Hash = ReturnType<typeof createHash>;

/** Sorted by name, so that the order on the disk does not matter. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // it is not there, or closed: node cannot load it either
  }
}

function addSources(hash: Hash, root: string, folder: string, depth: number): void {
  for (const entry of entriesOf(path.join(root, folder))) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules' || otherFolders.test(entry.name) || depth === deepest) continue;
      addSources(hash, root, name, depth + 1);
    } else if (entry.isFile() && sources.test(entry.name))
      hash.update(`${name}\0${contentOf(path.join(root, name))}\0`);
  }
}

/** A file that is too large or cannot be read counts by its size and time. */
function contentOf(file: string): string {
  try {
    const bytes = readIfThereSync(file, fileLimits.source);
    if (bytes !== undefined) return createHash('sha1').update(bytes).digest('hex');
  } catch {
    // its size and time say enough
  }
  return stampOf(file);
}

/** The top level is enough: npm writes the folder of a package, or its list of all packages, when one below it changes. */
function addPackages(hash: Hash, folder: string): void {
  hash.update(`${stampOf(path.join(folder, '.package-lock.json'))}\0`);
  for (const entry of entriesOf(folder)) {
    if (entry.name.startsWith('.')) continue;
    const own = path.join(folder, entry.name);
    if (entry.name.startsWith('@')) addPackages(hash, own);
    else hash.update(`${entry.name}\0${stampOf(own)}\0${stampOf(path.join(own, 'package.json'))}\0`);
  }
}

function stampOf(file: string): string {
  const seen = statSync(file, { throwIfNoEntry: false });
  return seen === undefined ? '' : `${seen.size} ${seen.mtimeMs}`;
}
