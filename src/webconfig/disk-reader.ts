import { statSync } from 'node:fs';
import type { ConfigReader, LoadOptions } from '../config/index.js';
import { fileLimits, otherSpelling, readIfThereSync } from '../files/index.js';
import { parseConfigOnce } from './parse-once.js';

/** How this machine writes the paths of its disk. */
export const diskPlatform: LoadOptions['platform'] = process.platform === 'win32' ? 'win32' : 'posix';

/**
 * Reads configuration files from this machine's disk. Names of files and folders are compared without case, as Windows does: `Web.config`
 * is found where `web.config` is asked for, also on a disk that tells them apart; the exact name comes first. Folders are looked for
 * first, so that a URL a client made up costs a few questions to the disk and no read. What has the name and is no regular file, or too
 * large, is a FileError.
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
    // One that may not be looked at is there: reading in it says why. A link that leads back to itself is no folder.
    return !isAbsent(error) && codeOf(error) !== 'ELOOP';
  }
}

const absent = ['ENOENT', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

/** Not there, below something that is no folder, or of a name no disk can hold. */
function isAbsent(error: unknown): boolean {
  return absent.includes(codeOf(error));
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
