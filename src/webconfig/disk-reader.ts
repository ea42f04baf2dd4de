import { statSync } from 'node:fs';
import type { ConfigReader, LoadOptions } from '../config/index.js';
import { fileLimits, otherSpelling, readIfThereSync } from '../files/index.js';
import { parseConfigOnce } from './parse-once.js';

/** The syntax of paths on this machine. */
export const diskPlatform: LoadOptions['platform'] = process.platform === 'win32' ? 'win32' : 'posix';

/**
 * Reads configuration files from this machine's disk. Names of files and folders are compared ignoring case, as on Windows: `Web.config`
 * is found for `web.config`, also on a case-sensitive disk; the exact name is tried first. Folders are checked first, so that an
 * invented URL of a client costs a few stats and no read. A file that is not regular, or too large, is a FileError.
 */
export const diskReader: ConfigReader = {
  read(file) {
    const exact = readIfThereSync(file, fileLimits.config);
    if (exact !== undefined) return exact;
    const other = otherSpelling(file);
    return other === undefined ? undefined : readIfThereSync(other, fileLimits.config);
  },
  parse: parseConfigOnce,
  isDirectory(folder) {
    if (isFolder(folder)) return true;
    const other = otherSpelling(folder);
    return other !== undefined && isFolder(other);
  },
};

function isFolder(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    // A folder without permission exists: reading in it reports why. A link to itself is not a folder.
    return !isAbsent(error) && codeOf(error) !== 'ELOOP';
  }
}

const absent = ['ENOENT', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

/** It does not exist, is below something that is not a folder, or has a name that is not possible on a disk. */
function isAbsent(error: unknown): boolean {
  return absent.includes(codeOf(error));
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
