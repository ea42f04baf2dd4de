import { tooManyOpenFiles, UserError } from '../errors.js';
import { pathFaults } from './path-faults.js';

const sentences: Readonly<Record<string, string>> = {
  ...pathFaults,
  ENOSPC: 'The disk is full (ENOSPC).',
  EDQUOT: 'The quota of this user is used up (EDQUOT).',
  EROFS: 'The disk is read-only (EROFS).',
  EACCES: 'The system does not let this user write there (EACCES).',
  EPERM: 'The system does not let this user write there (EPERM).',
  ENOENT: 'Its folder does not exist (ENOENT).',
  EISDIR: 'There is a folder of that name (EISDIR).',
  EEXIST: 'There is something else of that name (EEXIST).',
  EFBIG: 'The system does not allow a file of that size (EFBIG).',
  EIO: 'The disk fails to write it (EIO).',
};

/** Errors of the machine, not of the given path: something must be freed or repaired there first. */
const machineFaults = ['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE', 'EBUSY'];

/** A file or folder that was not written. What existed before is unchanged. */
export class WriteError extends UserError {
  readonly path: string;
  /** The system's code, for example ENOSPC; undefined when there is none. */
  readonly system: string | undefined;

  constructor(path: string, kind: 'file' | 'folder', cause: unknown, why = writeFault(cause)) {
    super(kind === 'file' ? 'FILE_NOT_WRITTEN' : 'FOLDER_NOT_MADE', {
      what: kind === 'file' ? `cannot write ${path}` : `cannot create the folder ${path}`,
      why,
      next: tooManyOpenFiles(cause)?.next ?? adviceFor(cause),
      exit: 'refused',
      cause,
    });
    this.path = path;
    this.system = systemCode(cause);
  }
}

function adviceFor(cause: unknown): string {
  return isMachineFault(cause)
    ? 'free disk space, or repair the disk, and run the command again'
    : 'check the path and its permissions, and run the command again';
}

/** Why it cannot be written, in a sentence. */
export function writeFault(cause: unknown): string {
  const code = systemCode(cause) ?? '';
  return sentences[code] ?? (cause instanceof Error ? cause.message : String(cause));
}

/** True when the machine is the reason, for example a full disk; false when it is the path or its permissions. */
export function isMachineFault(cause: unknown): boolean {
  return machineFaults.includes(systemCode(cause) ?? '');
}

/** The system's code of an error, or of the error that caused it. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof WriteError) return error.system;
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
