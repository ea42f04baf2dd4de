import { mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../errors.js';
import { ownerInName, removeAbandonedFolders } from './temporary-names.js';
import { WriteError } from './write-error.js';

/**
 * Does `work` in a new folder of its own in the system's temporary folder, which is removed at the end; the next call removes that of
 * a killed process.
 *
 * @param purpose A part of its name: 'trial'.
 * @param work Gets the folder's real path.
 * @throws UserError TEMPORARY_FOLDER_NOT_WRITABLE; the errors of `work`.
 */
export async function inScratchFolder<Result>(
  purpose: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  removeAbandonedFolders(tmpdir());
  const folder = makeScratchFolder(path.join(tmpdir(), `iisnode-sock-${purpose}-${ownerInName()}-`));
  try {
    return await work(folder);
  } finally {
    // On Windows a program that was just ended may hold a file for a moment; what is left then is in the temporary folder.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  }
}

function makeScratchFolder(prefix: string): string {
  try {
    return realpathSync(mkdtempSync(prefix));
  } catch (cause) {
    throw temporaryFolderNotWritable(`${prefix}...`, new WriteError(prefix, 'folder', cause));
  }
}

/** The error when a folder in the system's temporary folder cannot be created. */
export function temporaryFolderNotWritable(folder: string, cause: unknown): UserError {
  return new UserError('TEMPORARY_FOLDER_NOT_WRITABLE', {
    what: `cannot make ${folder}`,
    why: cause instanceof WriteError ? cause.why : String(cause),
    next: `set ${process.platform === 'win32' ? 'TEMP' : 'TMPDIR'} to a folder that this user may write to`,
    exit: 'refused',
    cause,
  });
}
