import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConfigReader, LoadOptions } from '../config/index.js';
import { fileLimits, readIfThereSync } from '../files/index.js';

/** How this machine writes the paths of its disk. */
export const diskPlatform: LoadOptions['platform'] = process.platform === 'win32' ? 'win32' : 'posix';

/**
 * Reads configuration files from this machine's disk. The file's name is compared without case, as Windows does: `Web.config`
 * is found where `web.config` is asked for, also on a disk that tells them apart; the exact name comes first. Folders are looked for
 * first, so that a URL a client made up costs one question to the disk and no read. What has the name and is no regular file, or too
 * large, is a FileError.
 */
export const diskReader: ConfigReader = {
  read(file) {
    const exact = readIfThereSync(file, fileLimits.config);
    if (exact !== undefined) return exact;
    const name = otherSpelling(file);
    return name === undefined ? undefined : readIfThereSync(path.join(path.dirname(file), name), fileLimits.config);
  },
  isDirectory(folder) {
    try {
      return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    } catch (error) {
      // One that may not be looked at is there: reading in it says why. A link that leads back to itself is no folder.
      return !isAbsent(error) && codeOf(error) !== 'ELOOP';
    }
  },
};

function otherSpelling(file: string): string | undefined {
  const wanted = path.basename(file).toLowerCase();
  try {
    return readdirSync(path.dirname(file)).find((name) => name.toLowerCase() === wanted);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const absent = ['ENOENT', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

/** Not there, below something that is no folder, or of a name no disk can hold. */
function isAbsent(error: unknown): boolean {
  return absent.includes(codeOf(error));
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
