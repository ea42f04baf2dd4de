import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { removeAbandonedFiles, temporaryFileFor } from './temporary-names.js';
import { systemCode, WriteError } from './write-error.js';

/**
 * Creates a new file with its whole content in one step. False, and nothing is changed, when something of that name exists.
 * @throws WriteError; then no file is left.
 */
export function createExclusive(file: string, text: string): boolean {
  removeAbandonedFiles(file);
  const temporary = temporaryFileFor(file);
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    return link(temporary, file) ?? createWithoutLinks(file, text);
  } catch (error) {
    throw new WriteError(file, 'file', error);
  } finally {
    remove(temporary);
  }
}

/** undefined: this disk may have no hard links. */
function link(temporary: string, file: string): boolean | undefined {
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    return systemCode(error) === 'EEXIST' ? false : undefined;
  }
}

/** Disks without hard links (FAT): the name is exclusive, the content follows a moment later. */
function createWithoutLinks(file: string, text: string): boolean {
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(file, text);
    return true;
  } catch (error) {
    remove(file); // ours, and incomplete
    throw error;
  }
}

/** A failed removal must not hide the error that caused it. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // ignored
  }
}
