import { type Stats, statSync } from 'node:fs';
import type { Disk } from '../../pipeline/index.js';

/** Stat results, cached until the end of the current tick: rules, handler mapping and handler ask for the same few files. */
const known = new Map<string, Stats | undefined>();

/** File status, or undefined for what is not there or cannot be looked at; the same until the running callback returns. */
export function statOf(physicalPath: string): Stats | undefined {
  if (known.has(physicalPath)) return known.get(physicalPath);
  if (known.size === 0) queueMicrotask(() => known.clear());
  const stats = statNow(physicalPath);
  known.set(physicalPath, stats);
  return stats;
}

function statNow(physicalPath: string): Stats | undefined {
  try {
    return statSync(physicalPath, { throwIfNoEntry: false });
  } catch {
    return undefined; // ENAMETOOLONG, EACCES, a NUL in the name: for a client it is not there
  }
}

/** The real disk, as the pipeline asks it. A named pipe, a socket or a device is no file: Windows has none in its folders. */
export const disk: Disk = {
  isFile: (physicalPath) => statOf(physicalPath)?.isFile() === true,
  isDirectory: (physicalPath) => statOf(physicalPath)?.isDirectory() === true,
};
