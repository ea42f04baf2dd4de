import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { removeAbandonedFiles, temporaryFileFor } from '../files/index.js';
import { encodeText, plainText, readTextFile } from './text-file.js';
import type { FileEdit, InitFile } from './types.js';

/** Written files; one of the two functions must be called. */
export interface Written {
  /** Success: removes what was only kept for the rollback. */
  readonly keep: () => void;
  /** Rolls everything back. Throws UserError INIT_INCOMPLETE (exit 5) when that fails. */
  readonly rollBack: (cause: unknown) => void;
}

interface UndoableWrite {
  readonly undo: () => void;
  readonly finish?: () => void;
}

/**
 * Writes all edits or none: first every text into a temporary file, then all are renamed. Files that changed since
 * they were read are not overwritten. Throws UserError FILE_CHANGED_MEANWHILE or WRITE_FAILED after the rollback,
 * INIT_INCOMPLETE when the rollback failed.
 */
export function writeFiles(directory: string, edits: readonly FileEdit[]): Written {
  const writes: UndoableWrite[] = [];
  try {
    makeFolder(directory, writes);
    const staged = edits.map((edit) => stage(directory, edit, writes));
    for (const place of staged) place();
  } catch (cause) {
    rollBack(directory, writes, cause);
    if (cause instanceof UserError) throw cause;
    throw new UserError('WRITE_FAILED', {
      what: `cannot write into ${directory}`,
      why: `${cause instanceof Error ? cause.message : String(cause)}. Nothing was changed.`,
      next: 'check the permissions and the free space there, and run the command again',
      exit: 'refused',
      cause,
    });
  }
  return {
    keep: () => {
      for (const write of writes) write.finish?.();
    },
    rollBack: (cause) => rollBack(directory, writes, cause),
  };
}

/** The action for each file of the plan, in its order; a backup follows its file. */
export function outcome(planned: readonly FileEdit[]): InitFile[] {
  return planned.flatMap(({ file, before, after, backup }): InitFile[] => {
    if (before === after) return [{ file, action: 'unchanged' }];
    if (before === undefined) return [{ file, action: 'created' }];
    if (after === undefined) return [{ file, action: 'removed' }];
    const changed: InitFile = { file, action: 'changed' };
    return backup === undefined ? [changed] : [changed, { file: backup, action: 'kept' }];
  });
}

function makeFolder(folder: string, writes: UndoableWrite[]): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  // A drive that does not exist has no folder above it.
  if (parent !== folder) makeFolder(parent, writes);
  mkdirSync(folder);
  writes.push({ undo: () => rmdirSync(folder) });
}

/** Writes the text into a temporary file. @returns a function that renames it, or that removes the file. */
function stage(directory: string, edit: FileEdit, writes: UndoableWrite[]): () => void {
  const named = path.join(directory, edit.file);
  // A link still points to the file; if a backup is kept, the link itself is kept.
  const target = edit.backup === undefined && existsSync(named) ? realpathSync(named) : named;
  makeFolder(path.dirname(target), writes);
  const now = readTextFile(target);
  if (now?.text !== edit.before) throw changedMeanwhile(target);
  const { after } = edit;
  if (after === undefined) return () => setAside(target, edit, directory, writes);
  removeAbandonedFiles(target);
  const temporary = temporaryFileFor(target);
  writes.push({ undo: () => rmSync(temporary, { force: true }) });
  const mode = now === undefined ? {} : { mode: statSync(target).mode };
  const like = now === undefined || edit.backup !== undefined ? plainText : now;
  writeFileSync(temporary, encodeText(after, like), { flag: 'wx', ...mode });
  return () => {
    if (now !== undefined) setAside(target, edit, directory, writes);
    renameSync(temporary, target);
    writes.push({ undo: () => rmSync(target, { force: true }) });
  };
}

/** The former file: under its backup's name, or moved aside until everything is done. */
function setAside(target: string, edit: FileEdit, directory: string, writes: UndoableWrite[]): void {
  const aside =
    edit.backup === undefined ? `${target}.${randomBytes(4).toString('hex')}.old` : path.join(directory, edit.backup);
  renameSync(target, aside);
  writes.push({
    undo: () => renameSync(aside, target),
    ...(edit.backup === undefined ? { finish: () => rmSync(aside, { force: true }) } : {}),
  });
}

function rollBack(directory: string, writes: UndoableWrite[], cause: unknown): void {
  const failures: unknown[] = [];
  while (writes.length > 0) {
    try {
      writes.pop()?.undo();
    } catch (failure) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) throw initIncomplete(directory, cause, failures);
}

/** The write failed, and so did parts of the rollback. */
export function initIncomplete(directory: string, cause: unknown, failures: readonly unknown[]): UserError {
  return new UserError('INIT_INCOMPLETE', {
    what: `init failed, and ${directory} could not be restored completely`,
    why: failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join('; '),
    next: 'check the remaining files, and those ending in .old, .tmp or .bak',
    exit: 'incomplete',
    cause: new AggregateError([cause, ...failures], 'the write and its rollback'),
  });
}

function changedMeanwhile(file: string): UserError {
  return new UserError('FILE_CHANGED_MEANWHILE', {
    what: `${file} changed while init was running`,
    why: 'Another program wrote it after it was read; it was not overwritten.',
    next: 'run the command again',
    exit: 'refused',
  });
}
