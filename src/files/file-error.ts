import type { Stats } from 'node:fs';
import { tooManyOpenFiles, UserError } from '../errors.js';
import { pathFaults } from './path-faults.js';

/** Why a file cannot be read: it does not exist; it is not a regular file; above the limit; no permission; anything else. */
export type FileProblem = 'absent' | 'not-regular' | 'too-large' | 'denied' | 'unreadable';

const codes: Readonly<Record<FileProblem, string>> = {
  absent: 'FILE_NOT_FOUND',
  'not-regular': 'FILE_NOT_REGULAR',
  'too-large': 'FILE_TOO_LARGE',
  denied: 'FILE_UNREADABLE',
  unreadable: 'FILE_UNREADABLE',
};

const advice: Readonly<Record<FileProblem, string>> = {
  absent: 'check the name, and run the command again',
  'not-regular': 'put a regular file in its place, or remove it, and run the command again',
  'too-large': 'make the file smaller, or move it away, and run the command again',
  denied: 'make it readable, or move it away, and run the command again',
  unreadable: 'make it readable, or move it away, and run the command again',
};

/** A file that was not read. The user can act on the error, so a command that does not expect it still ends with a clean message. */
export class FileError extends UserError {
  readonly file: string;
  readonly problem: FileProblem;
  /** The system's code, for example EACCES; undefined when our own check refuses the file. */
  readonly system: string | undefined;

  constructor(file: string, problem: FileProblem, why: string, cause?: unknown) {
    super(codes[problem], {
      what: `cannot read ${file}`,
      why,
      next: tooManyOpenFiles(cause)?.next ?? advice[problem],
      cause,
    });
    this.file = file;
    this.problem = problem;
    this.system = codeOf(cause);
  }
}

/** It does not exist, is below something that is not a folder, or has a name that is not possible on a disk. */
const absent = ['ENOENT', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];
const denied = ['EACCES', 'EPERM'];

/** The meaning of system error codes, in a sentence; other errors are shown unchanged. */
const sentences: Readonly<Record<string, string>> = {
  ...pathFaults,
  ELOOP: 'It is a symbolic link that leads back to itself (ELOOP).',
  EACCES: 'The system does not let this user read it (EACCES).',
  EPERM: 'The system does not let this user read it (EPERM).',
  EAGAIN: 'It has no content yet and makes its reader wait, as a device does (EAGAIN).',
  EIO: 'The disk fails to read it (EIO).',
};

/** The system's error on the path to a file as a FileError. */
export function openingFailed(file: string, cause: unknown): FileError {
  const code = codeOf(cause) ?? '';
  if (cause instanceof FileError || !absent.includes(code)) return readingFailed(file, cause);
  const why =
    code === 'ENOENT' || code === 'ENOTDIR' ? 'There is no such file.' : `No file can have this name (${code}).`;
  return new FileError(file, 'absent', why, cause);
}

/** The system's error about an existing file as a FileError. */
export function readingFailed(file: string, cause: unknown): FileError {
  if (cause instanceof FileError) return cause;
  const code = codeOf(cause) ?? '';
  const why = sentences[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new FileError(file, denied.includes(code) ? 'denied' : 'unreadable', why, cause);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The kind of a file, in words: 'a named pipe'. */
export function kindOf(stats: Stats): string {
  if (stats.isFile()) return 'a regular file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device';
  return 'something unknown';
}

/** Throws FileError unless these are the stats of a regular file. */
export function requireRegular(file: string, stats: Stats): void {
  if (!stats.isFile()) throw new FileError(file, 'not-regular', `It is ${kindOf(stats)}, not a regular file.`);
}

/** The file has more bytes than the limit. */
export function tooLarge(file: string, limit: number): FileError {
  return new FileError(file, 'too-large', `It is larger than ${sizeText(limit)}, the limit for this kind of file.`);
}

function sizeText(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${Math.round(bytes / 1024 / 1024)} MB`;
  return bytes >= 1024 ? `${Math.round(bytes / 1024)} KB` : `${bytes} bytes`;
}
