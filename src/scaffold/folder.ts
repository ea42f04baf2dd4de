import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { someOf } from '../amounts.js';
import { UserError } from '../errors.js';
import { folderProblem } from '../files/index.js';
import { quoteForShell } from '../quoting.js';
import { iisnodeSock } from '../typed-command.js';

/** Files that an empty folder may contain. */
const unimportant = new Set(['.git', '.hg', '.svn', '.idea', '.vscode', '.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** Names in the folder, without those of version control, editors and file managers; none when it does not exist. Throws UserError. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => !unimportant.has(name));
  } catch (cause) {
    const problem = folderProblem(directory);
    if (problem?.system === 'ENOENT') {
      refuseUnnamedFolder(directory);
      return [];
    }
    const isFile = problem?.kind === 'not-folder';
    throw new UserError(isFile ? 'NOT_A_FOLDER' : 'FOLDER_UNREADABLE', {
      what: isFile ? `${directory} is not a folder` : `cannot read the folder ${directory}`,
      why: problem?.why ?? (cause instanceof Error ? cause.message : String(cause)),
      next: 'give init another folder',
      cause,
    });
  }
}

/** A name that is not UTF-8 arrives with U+FFFD: the new app would get another folder than intended. */
function refuseUnnamedFolder(directory: string): void {
  if (!directory.includes('\uFFFD')) return;
  throw new UserError('FOLDER_NAME_UNUSABLE', {
    what: `init cannot write into the folder ${directory}`,
    why: 'Its name is not UTF-8, so node cannot access it.',
    next: 'rename the folder, or give init another one',
  });
}

/** Does this file exist below the folder? Forward slashes. */
export function isFile(directory: string, name: string): boolean {
  const file = path.join(directory, name);
  return existsSync(file) && statSync(file).isFile();
}

/** server.js.bak, server.js.bak.1, ...: the first name that is free. */
export function backupName(directory: string, file: string): string {
  const folder = path.posix.dirname(file);
  const there = new Set(namesIn(path.join(directory, folder)));
  const base = `${path.posix.basename(file)}.bak`;
  let name = base;
  for (let number = 1; there.has(name); number++) name = `${base}.${number}`;
  return folder === '.' ? name : `${folder}/${name}`;
}

/** A folder with other files. */
export function folderNotEmpty(directory: string, names: readonly string[], hasPackage: boolean): UserError {
  return new UserError('FOLDER_NOT_EMPTY', {
    what: `${directory} has other files in it: ${someOf(names, 8)}`,
    why: hasPackage
      ? 'init writes a new app only into an empty folder.'
      : 'init writes a new app only into an empty folder, and adopts an app that has a package.json, or a server.js, app.js or index.js that listens.',
    next: hasPackage
      ? 'run init without --template to adopt the existing app, or with --force (a backup of replaced files is kept)'
      : `a new app in a folder of its own: ${iisnodeSock} init NAME; the app that is here, by the file of its server: ${iisnodeSock} init ${quoteForShell(directory)} --entry FILE; or init with --force (a backup of replaced files is kept)`,
  });
}
