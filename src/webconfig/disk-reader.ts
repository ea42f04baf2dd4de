import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConfigReader } from '../config/index.js';

/**
 * Reads configuration files from this machine's disk. The file's name is compared without case, as Windows does: `Web.config`
 * is found where `web.config` is asked for, also on a disk that tells them apart; the exact name comes first.
 */
export const diskReader: ConfigReader = {
  read(file) {
    const exact = readIfThere(file);
    if (exact !== undefined) return exact;
    const name = otherSpelling(file);
    return name === undefined ? undefined : readIfThere(path.join(path.dirname(file), name));
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
