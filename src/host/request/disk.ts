import { type Stats, statSync } from 'node:fs';
import { otherSpelling } from '../../files/index.js';
import type { Disk } from '../../pipeline/index.js';

/** What stands at a path, and how the disk spells it. */
interface Found {
  readonly file: string;
  readonly stats: Stats;
}

/**
 * What was found in this turn of the event loop: rules, handler mapping and handler ask for the same few files, and requests
 * read in one turn were sent before it. A new map each turn: one that is cleared links all its former tables, see `Places`.
 */
let known = new Map<string, Found | undefined>();
const forget = (): void => {
  known = new Map();
};

/** File status, or undefined for a file that does not exist or has no permission; cached until the end of the current turn. */
export function statOf(physicalPath: string): Stats | undefined {
  return foundAt(physicalPath)?.stats;
}

/** A path that configuration and URL give, as the disk spells it: names compare without case, as on Windows. */
export function spelledPath(physicalPath: string): string {
  return foundAt(physicalPath)?.file ?? physicalPath;
}

function foundAt(physicalPath: string): Found | undefined {
  if (known.has(physicalPath)) return known.get(physicalPath);
  if (known.size === 0) setImmediate(forget);
  const found = lookAt(physicalPath) ?? lookAt(otherSpelling(physicalPath));
  known.set(physicalPath, found);
  return found;
}

function lookAt(file: string | undefined): Found | undefined {
  try {
    const stats = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
    return file === undefined || stats === undefined ? undefined : { file, stats };
  } catch {
    return undefined; // ENAMETOOLONG, EACCES, a NUL in the name: for a client it does not exist
  }
}

/** The real disk for the pipeline. A named pipe, a socket or a device does not count as a file: Windows has none in its folders. */
export const disk: Disk = {
  isFile: (physicalPath) => statOf(physicalPath)?.isFile() === true,
  isDirectory: (physicalPath) => statOf(physicalPath)?.isDirectory() === true,
  spelling: spelledPath,
};
