import { UserError } from '../../errors.js';
import { escapeAttribute } from '../../xml/index.js';

/**
 * Throws UserError FOLDER_NAME_UNUSABLE for a path that a configuration of IIS cannot contain: XML and names on Windows allow no
 * control characters and no lone surrogates.
 */
export function requireServableFolder(physicalPath: string): void {
  try {
    escapeAttribute(physicalPath);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UserError('FOLDER_NAME_UNUSABLE', {
      what: `IIS cannot serve the folder ${visible(physicalPath)}`,
      why: 'There is a control character in its path: a configuration file of IIS cannot contain it, and Windows has no such names.',
      next: 'rename the folder, and run the command again',
      cause,
    });
  }
}

/** The name with its control characters as escapes: 'a\u001bb'. */
const visible = (name: string): string =>
  name.replace(/[\p{Cc}\p{Cs}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
