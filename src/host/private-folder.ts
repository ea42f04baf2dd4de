import { lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UserError } from '../errors.js';
import { makeFolder, temporaryFolderNotWritable } from '../files/index.js';

/** The path of a folder for this user in the system's temporary folder; it is not created. */
export function privateFolder(...names: readonly string[]): string {
  return path.join(tmpdir(), `iisnode-sock-${process.getuid?.() ?? 'user'}`, ...names);
}

/**
 * Creates the folder and its parents, and checks that other users cannot write to it: they share the temporary folder, and files
 * in a site are served and run. Throws UserError TEMPORARY_FOLDER_NOT_OURS or TEMPORARY_FOLDER_NOT_WRITABLE.
 */
export function makePrivateFolder(folder: string): void {
  make(folder);
  const own = process.getuid?.();
  if (own === undefined) return; // Windows: the temporary folder is the user's own
  for (
    let current = folder;
    current !== tmpdir() && current !== path.dirname(current);
    current = path.dirname(current)
  ) {
    const stats = lstatSync(current);
    if (stats.isDirectory() && stats.uid === own && (stats.mode & 0o022) === 0) continue;
    throw new UserError('TEMPORARY_FOLDER_NOT_OURS', {
      what: `${current} belongs to another user`,
      why: 'Another user of this machine could put files into the site.',
      next: 'remove it, or set TMPDIR to a folder of your own',
      exit: 'refused',
    });
  }
}

function make(folder: string): void {
  try {
    makeFolder(folder, 0o700);
  } catch (cause) {
    throw temporaryFolderNotWritable(folder, cause);
  }
}
