import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { tooManyOpenFiles } from '../errors.js';

/** The names in a folder by their lower case, and the folder's modification times when they were read, in ms since 1970. */
interface Listing {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly names: ReadonlyMap<string, string>;
}

/** By folder; limited, because clients can invent names. */
const known = new Map<string, Listing>();
const mostKnown = 256;

/** A folder that changed less than this before it was listed may change again without a new modification time, in ms. */
const coarsestClock = 2_000;

/**
 * The spelling of a file or folder on disk, found ignoring case as on Windows: `web.config` may exist as `Web.config`, and its
 * folder in another spelling as well. The exact spelling is tried first.
 *
 * @param file Absolute.
 * @returns undefined when nothing has that name.
 */
export function spellingOnDisk(file: string): string | undefined {
  return existsSync(file) ? file : otherSpelling(file);
}

/**
 * The same for a path that is known not to exist in this spelling. Needs one stat for each folder up to an existing one; folders
 * that have not changed are not listed again. A path that cannot be read counts as missing.
 *
 * @throws UserError TOO_MANY_OPEN_FILES: the folder could not be listed, so that nothing is known of the path.
 */
export function otherSpelling(file: string): string | undefined {
  // There the file system ignores case itself.
  if (process.platform === 'win32') return undefined;
  const folder = path.dirname(file);
  if (folder === file) return undefined;
  const asSpelled = namesByLowerCase(folder);
  const place = asSpelled ? folder : otherSpelling(folder);
  const names = asSpelled ?? (place === undefined ? undefined : namesByLowerCase(place));
  const name = names?.get(path.basename(file).toLowerCase());
  return place === undefined || name === undefined ? undefined : path.join(place, name);
}

function namesByLowerCase(folder: string): ReadonlyMap<string, string> | undefined {
  try {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true) return undefined;
    const { mtimeMs, ctimeMs } = stats;
    const before = known.get(folder);
    if (before?.mtimeMs === mtimeMs && before.ctimeMs === ctimeMs) return before.names;
    const now = Date.now();
    // Of names that differ only in case, which Windows cannot have, the same one is used each time.
    const names = new Map(
      readdirSync(folder)
        .sort()
        .reverse()
        .map((name) => [name.toLowerCase(), name]),
    );
    if (known.size >= mostKnown) known.clear();
    if (now - Math.max(mtimeMs, ctimeMs) > coarsestClock) known.set(folder, { mtimeMs, ctimeMs, names });
    return names;
  } catch (error) {
    const tooMany = tooManyOpenFiles(error);
    if (tooMany !== undefined) throw tooMany;
    return undefined; // a name that is not possible on a disk, a folder without permission
  }
}
