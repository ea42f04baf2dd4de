import type { App } from '../app/index.js';
import { UserError } from '../errors.js';

/**
 * Does the app have a package.json? Throws UserError PACKAGE_JSON_INVALID (usage) for one that npm or node refuses, FileError for
 * one that cannot be read.
 */
export function hasManifest({ folder, manifest }: App): boolean {
  const { fault, isRead, file: name } = manifest;
  const unread = folder.unread.find((error) => error.file === name);
  if (unread !== undefined) throw unread;
  if (fault !== undefined && (fault.harmless === undefined || !isRead)) {
    const { file, line, column } = fault.at;
    throw new UserError('PACKAGE_JSON_INVALID', {
      what: `${file}:${line}:${column} is not a valid package.json`,
      why: fault.reason,
      next: 'fix the file and run the command again; nothing was changed',
    });
  }
  return isRead;
}
