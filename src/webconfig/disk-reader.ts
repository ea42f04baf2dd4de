import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ConfigReader, LoadOptions } from '../config/index.js';

/** How this machine writes the paths of its disk. */
export const diskPlatform: LoadOptions['platform'] = process.platform === 'win32' ? 'win32' : 'posix';

/**
 * Reads configuration files from this machine's disk. The file's name is compared without case, as Windows does: `Web.config`
 * is found where `web.config` is asked for, also on a disk that tells them apart; the exact name comes first. Folders are looked for
 * first, so that a URL a client made up costs one question to the disk and no read.
 */
export const diskReader: ConfigReader = {
  read(file) {
    const exact = readIfThere(file);
    if (exact !== undefined) return exact;
    const name = otherSpelling(file);
    return name === undefined ? undefined : readIfThere(path.join(path.dirname(file), name));
  },
  isDirectory(folder) {
    try {
      return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    } catch (error) {
      return !isAbsent(error); // one that may not be looked at is there: reading in it says why
    }
  },
};

function readIfThere(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

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
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return absent.includes(String(code));
}
