import path from 'node:path';
import { UserError } from '../errors.js';
import { folderProblem } from '../files/index.js';
import type { StaticFolder } from '../webconfig/index.js';

/** The characters allowed in a folder's name: braces, % and ? are special in a rewrite rule, Windows does not allow the rest. */
const usable = /^[^{}%?#*<>:|"\p{Cc}]+$/u;

const segments = (text: string): readonly string[] =>
  text
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.');

/**
 * Reads `--static`: 'public' for a folder that the app serves at its own URL, '/assets=client/dist' for one at another.
 *
 * @throws UserError STATIC_INVALID (usage): not the name of a folder below the app's, or the app's folder itself.
 */
export function staticFolderOf(text: string): StaticFolder {
  const [first = '', second] = text.split('=');
  const folder = segments(second ?? first);
  const at = second === undefined ? [] : segments(first);
  const isBelow = folder.length > 0 && ![...folder, ...at].includes('..') && !/^[\\/]/.test(second ?? first);
  if (isBelow && text.split('=').length <= 2 && [...folder, ...at].every((segment) => usable.test(segment))) {
    return { folder: folder.join('/'), at: at.join('/') };
  }
  throw new UserError('STATIC_INVALID', {
    what: `"${text}" is not a folder that IIS can serve`,
    why: "It must be a folder below the app's own, because the app's folder contains its source.",
    next: '--static public, or --static /assets=client/dist where the app serves it at /assets',
    again: { without: ['--static'] },
  });
}

/** @throws UserError STATIC_NOT_A_FOLDER (usage) for the first that the app does not have. */
export function checkStaticFolders(directory: string, folders: readonly StaticFolder[]): void {
  const missing = folders.find(({ folder }) => folderProblem(path.join(directory, folder)) !== undefined);
  if (missing === undefined) return;
  throw new UserError('STATIC_NOT_A_FOLDER', {
    what: `there is no folder ${missing.folder} in ${directory}`,
    why: '--static names a folder of the app whose files IIS serves to everyone.',
    next: 'name the folder that the app serves, e.g. --static public, or omit --static: then node serves it',
    again: { without: ['--static'] },
  });
}
