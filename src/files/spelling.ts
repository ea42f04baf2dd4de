import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** The names in a folder by their lower case, and the folder's times of change when they were read, in ms since 1970. */
interface Listing {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly names: ReadonlyMap<string, string>;
}

/** By folder; what clients make up cannot fill it. */
const known = new Map<string, Listing>();
const mostKnown = 256;

/** A folder that changed less than this before it was listed may change again without another time of change, in ms. */
const coarsestClock = 2_000;

/**
 * A file or folder as the disk spells it, where its names compare without case as on Windows: `web.config` may be there as
 * `Web.config`, and its folder as another one, too. The exact spelling comes first.
 *
 * @param file Absolute.
 * @returns undefined when nothing has that name.
 */
export function spellingOnDisk(file: string): string | undefined {
  return existsSync(file) ? file : otherSpelling(file);
}

/**
 * The same for what is known not to be there as it is spelled. Costs a question to the disk for each folder on the way up to one that is
 * there; folders that have not changed are not listed again. What cannot be looked at is not there.
 */
export function otherSpelling(file: string): string | undefined {
  // There the disk does that by itself.
  if (process.platform === 'win32') return undefined;
  const folder = path.dirname(file);
  if (folder === file) return undefined;
  const asSpelled = namesIn(folder);
  const place = asSpelled ? folder : otherSpelling(folder);
  const names = asSpelled ?? (place === undefined ? undefined : namesIn(place));
  const name = names?.get(path.basename(file).toLowerCase());
  return place === undefined || name === undefined ? undefined : path.join(place, name);
}

function namesIn(folder: string): ReadonlyMap<string, string> | undefined {
  try {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true) return undefined;
    const { mtimeMs, ctimeMs } = stats;
    const before = known.get(folder);
    if (before?.mtimeMs === mtimeMs && before.ctimeMs === ctimeMs) return before.names;
    const now = Date.now();
    // Of names that differ in case alone, which Windows cannot have, the same one is taken each time.
    const names = new Map(
      readdirSync(folder)
        .sort()
        .reverse()
        .map((name) => [name.toLowerCase(), name]),
    );
    if (known.size >= mostKnown) known.clear();
    if (now - Math.max(mtimeMs, ctimeMs) > coarsestClock) known.set(folder, { mtimeMs, ctimeMs, names });
    return names;
  } catch {
    return undefined; // a name no disk can hold, a folder that may not be read
  }
}
