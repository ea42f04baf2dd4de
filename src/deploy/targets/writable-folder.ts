import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { folderObstacle, writeObstacle } from '../../files/index.js';

/**
 * A file that deploy writes needs a folder that is there. Asked first, because building may take minutes.
 * @param file Absolute.
 * @param code Of the error that is thrown where it is not, or cannot be written: SCRIPT_FOLDER_NOT_FOUND, ZIP_FOLDER_NOT_FOUND.
 */
export function requireWritableFolder(file: string, code: string): void {
  const folder = path.dirname(file);
  const isThere = folderObstacle(folder) === undefined && existsSync(folder);
  const obstacle = isThere ? writeObstacle(folder) : `There is no folder ${folder}.`;
  if (obstacle === undefined) return;
  throw new UserError(code, {
    what: `cannot write ${file}`,
    why: obstacle,
    next: 'with --to, name a file in an existing folder where you have permission to write',
  });
}
