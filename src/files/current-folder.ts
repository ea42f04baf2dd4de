import { existsSync } from 'node:fs';
import { UserError } from '../errors.js';

/** The folder that the process was started in. Throws UserError CURRENT_FOLDER_GONE, CURRENT_FOLDER_UNUSABLE. */
export function currentFolder(): string {
  const folder = folderOfProcess();
  // Bytes that are not UTF-8 become U+FFFD: the resulting name is that of another folder, or of none.
  if (!folder.includes('\uFFFD') || existsSync(folder)) return folder;
  throw new UserError('CURRENT_FOLDER_UNUSABLE', {
    what: `the current folder has a name that cannot be used: ${folder}`,
    why: 'The name is not UTF-8, so node cannot access the files in it.',
    next: 'rename the folder, or run the command in another one',
  });
}

function folderOfProcess(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new UserError('CURRENT_FOLDER_GONE', {
      what: 'the current folder no longer exists',
      why: 'It was removed or moved after this shell changed into it.',
      next: 'cd to a folder that exists, and run the command again',
      cause,
    });
  }
}
