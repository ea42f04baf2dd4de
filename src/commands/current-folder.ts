import { existsSync } from 'node:fs';
import { UserError } from '../errors.js';

/** The folder the command was started in. Throws UserError CURRENT_FOLDER_GONE, CURRENT_FOLDER_UNUSABLE. */
export function currentFolder(): string {
  const folder = folderOfProcess();
  // Bytes that are no UTF-8 come as U+FFFD, and the name that has them is that of another folder, or of none.
  if (!folder.includes('\uFFFD') || existsSync(folder)) return folder;
  throw new UserError('CURRENT_FOLDER_UNUSABLE', {
    what: `the current folder has a name that cannot be used: ${folder}`,
    why: 'Its bytes are no UTF-8, so node cannot name the files in it.',
    next: 'rename the folder, or run the command in another one',
  });
}

function folderOfProcess(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new UserError('CURRENT_FOLDER_GONE', {
      what: 'the current folder does not exist any more',
      why: 'It was removed or moved after you had changed into it.',
      next: 'cd to a folder that exists, and run the command again',
      cause,
    });
  }
}
