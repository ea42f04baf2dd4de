import path from 'node:path';
import type { WatchEntry } from '../backend/watched-files.js';

/**
 * Splits watchedFiles at `;` without trimming (iisnode 0.2.27, cfilewatcher.cpp WatchFiles): folder and file part of
 * each, relative to `scriptFolder`. Entries without a file part, and web.config, which IIS itself watches, are ignored.
 * Folders are separated by `\`, and by the platform's own separator.
 */
export function watchEntries(watchedFiles: string, scriptFolder: string): WatchEntry[] {
  const entries: WatchEntry[] = [];
  for (const text of watchedFiles.split(';')) {
    const parts = text.split(path.sep === '/' ? /[\\/]/ : '\\');
    const file = parts.pop() ?? '';
    // `.`, `..` and absolute paths have no effect: iisnode opens the folder with the \\?\ prefix, which does not normalize.
    if (
      file === '' ||
      /web\.config$/i.test(file) ||
      parts.some((part) => part === '.' || part === '..' || part === '' || /:$/.test(part))
    ) {
      continue;
    }
    entries.push({ folder: path.join(scriptFolder, ...parts), file, wildcard: /[*?]/.test(file) });
  }
  return entries;
}
