import { lstatSync, opendirSync, statSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { kindOf } from './file-error.js';
import { pathFaults } from './path-faults.js';
import { systemCode } from './write-error.js';

/** Why a path cannot be used as a folder. */
export interface FolderProblem {
  /** Nothing has that name, and nothing can; a file, or a device; it exists, or may exist, and the system does not show it. */
  readonly kind: 'absent' | 'not-folder' | 'unreadable';
  /** One sentence. */
  readonly why: string;
  /** The system's code, for example ENAMETOOLONG; undefined for `not-folder`. */
  readonly system?: string | undefined;
  readonly cause?: unknown;
}

/** What a command says of a path that is not a folder. */
export interface FolderWanted {
  /** The folder as the user typed it; by default its path. */
  readonly shown?: string;
  /** A sentence added to the reason. */
  readonly also?: string;
  /** What to do when there is no such folder. */
  readonly next: string;
  /** The error's code for a file; DIRECTORY_NOT_FOUND by default. */
  readonly codeOfFile?: string;
}

const sentences: Readonly<Record<string, string>> = {
  ...pathFaults,
  EINVAL: 'No folder can have this name (EINVAL).',
  EACCES: 'The system does not let this user look there (EACCES).',
  EPERM: 'The system does not let this user look there (EPERM).',
  EIO: 'The disk fails to read it (EIO).',
};

const absent = ['ENOENT', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];

/** Why the path cannot be used as a folder; undefined when it is one. Follows links; never throws. */
export function folderProblem(folder: string): FolderProblem | undefined {
  try {
    const stats = statSync(folder);
    if (stats.isDirectory()) return undefined;
    return { kind: 'not-folder', why: `It is ${kindOf(stats)}, not a folder.` };
  } catch (cause) {
    const system = systemCode(cause) ?? '';
    const why =
      (system === 'ENOENT' ? absence(folder) : sentences[system]) ??
      (cause instanceof Error ? cause.message : String(cause));
    return { kind: absent.includes(system) ? 'absent' : 'unreadable', why, system, cause };
  }
}

/** Where the path ends: the last folder of it that exists, and what that does not have. */
function absence(folder: string): string {
  const above = path.dirname(folder);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    return 'It is a link to something that does not exist.';
  if (above === folder) return 'There is no such drive.';
  return isThere(above) ? `${above} has nothing of that name.` : absence(above);
}

function isThere(folder: string): boolean {
  try {
    return statSync(folder, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a broken link above it
  }
}

/** Why the system does not show what is in a folder, one sentence; undefined where it does. Never throws. */
export function unreadableFolder(folder: string): string | undefined {
  try {
    opendirSync(folder).closeSync();
    statSync(`${folder}${path.sep}.`); // a folder may be listed and its files be closed
    return undefined;
  } catch (cause) {
    return sentences[systemCode(cause) ?? ''] ?? (cause instanceof Error ? cause.message : String(cause));
  }
}

/**
 * Refuses a path that is not a folder, with the reason.
 *
 * @param folder Absolute.
 * @throws UserError DIRECTORY_NOT_FOUND, or `codeOfFile` for a file; DIRECTORY_UNREADABLE when the system does not show what it is.
 */
export function requireFolder(folder: string, { shown = folder, also, next, codeOfFile }: FolderWanted): void {
  const problem = folderProblem(folder);
  if (problem === undefined) return;
  const { kind, cause } = problem;
  const why = also === undefined ? problem.why : `${problem.why} ${also}`;
  if (kind === 'unreadable') {
    throw new UserError('DIRECTORY_UNREADABLE', {
      what: `cannot read the folder ${shown}`,
      why,
      next: 'make it readable, or name another folder',
      cause,
    });
  }
  const isFile = kind === 'not-folder';
  throw new UserError((isFile ? codeOfFile : undefined) ?? 'DIRECTORY_NOT_FOUND', {
    what: isFile ? `${shown} is a file, not a folder` : `there is no folder ${shown}`,
    why,
    next: isFile ? `name its folder: ${path.dirname(shown)}` : next,
    ...(isFile && { again: { instead: [folder, path.dirname(folder)] } }),
    cause,
  });
}
