import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileLimits, readIfThereSync } from '../files/index.js';
import { entriesOf, type LoadingApp, loadedFiles } from './loaded-files.js';

/**
 * What node has loaded when it has started the app: its sources and settings by their content, because a build writes them again each time,
 * and the packages by name and time. iisnode starts node again for changed scripts beside the entry point alone (watchedFiles): after `npm
 * install` the former packages would run on.
 *
 * @returns 40 hexadecimal digits; the same for the same files.
 */
export function fingerprintOf(app: LoadingApp): string {
  const hash = createHash('sha1');
  for (const { name, file } of loadedFiles(app).files) hash.update(`${name}\0${contentOf(file)}\0`);
  addPackages(hash, path.join(app.directory, 'node_modules'));
  return hash.digest('hex');
}

type Hash = ReturnType<typeof createHash>;

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
