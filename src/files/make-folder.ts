import { accessSync, constants, lstatSync, mkdirSync, type Stats, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemCode, WriteError, writeFault } from './write-error.js';

/**
 * Creates a folder and the missing ones above it; an existing one is not changed. Not Node's `recursive`: below /proc, where mkdir
 * fails with ENOENT although the parent exists, `fs.mkdirSync` with it tries again endlessly.
 * @param mode The mode of the new folders.
 * @throws WriteError
 */
export function makeFolder(folder: string, mode = 0o777): void {
  try {
    for (const missing of missingFolders(folder)) makeOne(missing, mode);
  } catch (error) {
    throw new WriteError(folder, 'folder', error, folderFault(error));
  }
}

/**
 * Why a folder cannot exist or be created, in a sentence; undefined when it exists, or when it can probably be created. Changes
 * nothing.
 */
export function folderObstacle(folder: string): string | undefined {
  try {
    const [first] = missingFolders(folder);
    if (first === undefined) accessSync(folder, constants.X_OK);
    else requireRoomFor(first);
    return undefined;
  } catch (error) {
    return folderFault(error);
  }
}

/** Why nothing can be written into an existing folder, in a sentence; undefined when it can. Changes nothing. */
export function writeObstacle(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return writeFault(error);
  }
}

/** The folders to create, the topmost first. Throws the system's error, also when a part of the path is not a folder. */
function missingFolders(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const stats = folderStats(at);
    if (stats?.isDirectory() === true) return missing;
    if (stats !== undefined || path.dirname(at) === at) throw new FolderFault('ENOTDIR', at);
    missing.unshift(at);
  }
}

/** undefined: it does not exist, or is a broken link. */
function folderStats(folder: string): Stats | undefined {
  try {
    return statSync(folder);
  } catch (error) {
    // Below a file: the check of the file itself reports it.
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

function makeOne(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    const code = systemCode(error);
    // Another process may have created it meanwhile.
    if (code === 'EEXIST' && folderStats(folder)?.isDirectory() === true) return;
    throw code === 'EEXIST' || code === 'ENOENT' ? new FolderFault(code, folder) : error;
  }
}

/** File systems of the kernel, in which folders cannot be created (statfs(2): PROC_SUPER_MAGIC, SYSFS_MAGIC). */
const kernelFileSystems = [0x9fa0, 0x62656572];

function requireRoomFor(missing: string): void {
  if (lstatSync(missing, { throwIfNoEntry: false }) !== undefined) throw new FolderFault('EEXIST', missing);
  const parent = path.dirname(missing);
  accessSync(parent, constants.W_OK | constants.X_OK);
  if (process.platform === 'linux' && kernelFileSystems.includes(statfsSync(parent).type)) {
    throw new FolderFault('ENOENT', missing);
  }
}

/** The part of the path that is the reason. */
class FolderFault extends Error {
  constructor(
    readonly code: 'ENOTDIR' | 'ENOENT' | 'EEXIST',
    at: string,
  ) {
    super(
      {
        ENOTDIR: `${at} is not a folder (ENOTDIR).`,
        ENOENT: `The system does not allow a new folder in ${path.dirname(at)} (ENOENT).`,
        EEXIST: `${at} is a broken symbolic link (EEXIST).`,
      }[code],
    );
  }
}

const folderFault = (error: unknown): string => (error instanceof FolderFault ? error.message : writeFault(error));
