import { createHash } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { otherSpelling, spellingOnDisk } from '../../files/index.js';
import { diskReader } from '../../webconfig/index.js';

/** Fingerprint of an absent file. */
export const missing = 'missing';

/**
 * Until a file is this old, in ms, a later write may leave its times unchanged: the coarsest clock of a file system (FAT)
 * has a resolution of two seconds.
 */
const coarsestClock = 2_000;

export function printOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? missing : createHash('sha256').update(bytes).digest('base64');
}

export function printOfError(error: unknown): string {
  return `error ${(error as NodeJS.ErrnoException).code}`;
}

/** The fingerprint of the file's current content; never throws. */
export function currentPrint(file: string): string {
  try {
    return printOf(diskReader.read(file));
  } catch (error) {
    return printOfError(error);
  }
}

/** The file's metadata on disk. */
export type Stamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/**
 * What stays the same only while a file's content does, at the price of a question to the disk and no read; of an absent file it
 * is the state of its folder. Undefined where the disk cannot tell, or its times are too young to count.
 */
export function stampOf(file: string, print: string): Stamp | undefined {
  const isAbsent = print === missing;
  try {
    const stats = statAsSpelled(isAbsent ? path.dirname(file) : file);
    if (stats === undefined) return isAbsent ? noFolder : undefined;
    return Date.now() - Math.max(stats.mtimeMs, stats.ctimeMs) < coarsestClock ? undefined : stats;
  } catch {
    return undefined;
  }
}

function statAsSpelled(name: string): Stats | undefined {
  const stats = statSync(name, { throwIfNoEntry: false });
  const other = stats === undefined ? otherSpelling(name) : undefined;
  return other === undefined ? stats : statSync(other, { throwIfNoEntry: false });
}

const noFolder: Stamp = { dev: 0, ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 };

export function sameStamp(one: Stamp, other: Stamp): boolean {
  return (
    one.ctimeMs === other.ctimeMs &&
    one.mtimeMs === other.mtimeMs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

export function isFolder(name: string): boolean {
  try {
    return diskReader.isDirectory?.(name) ?? false;
  } catch {
    return false; // too many open files: asked again at the next change
  }
}

/** The folder itself, or the first existing folder above it, in the spelling of the disk. */
export function nearestFolder(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (isFolder(current)) return spellingOnDisk(current) ?? current;
    if (path.dirname(current) === current) return current;
  }
}
