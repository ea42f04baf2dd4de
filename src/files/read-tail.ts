import { closeSync, readSync } from 'node:fs';
import { readingFailed } from './file-error.js';
import { openRegularFileSync } from './open-file.js';

export interface FileTail {
  readonly bytes: Buffer;
  /** The bytes are the whole file. */
  readonly isWhole: boolean;
  /** When it was last changed, ms since 1970. */
  readonly changed: number;
}

/**
 * The end of a regular file, following links; of a file that grows meanwhile, its end when it was opened.
 *
 * @param length In bytes.
 * @throws FileError
 */
export function readTailSync(file: string, length: number): FileTail {
  const { fd, stats } = openRegularFileSync(file);
  try {
    const from = Math.max(0, stats.size - length);
    const bytes = Buffer.alloc(stats.size - from);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(fd, bytes, filled, bytes.length - filled, from + filled);
      if (count === 0) break; // it was truncated meanwhile
      filled += count;
    }
    return { bytes: bytes.subarray(0, filled), isWhole: from === 0, changed: stats.mtimeMs };
  } catch (error) {
    throw readingFailed(file, error);
  } finally {
    closeSync(fd);
  }
}
