import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The app's folder, listed once. Names compare without case, as Windows does. */
export interface AppFolder {
  /** Absolute. */
  readonly root: string;
  /** Relative paths with forward slashes, as on disk, without node_modules and dot folders; empty when only a file is judged. */
  readonly files: readonly string[];
  /** False when there is only a web.config to judge: nothing may be said about files that are absent. */
  readonly hasSources: boolean;
  /** A relative path, forward slashes. */
  isFile(relative: string): boolean;
  isDirectory(relative: string): boolean;
  /** The spelling on disk. */
  spelling(relative: string): string | undefined;
  /** The text of a file, without a byte-order mark; undefined when it cannot be read or is larger than 2 MB. */
  read(relative: string): string | undefined;
}

const skipped = new Set(['node_modules', 'bower_components', 'iisnode', '$recycle.bin']);
const mostFiles = 20_000;
const deepest = 12;
const largest = 2 * 1024 * 1024;
const source = /\.(c|m)?(j|t)sx?$|^package\.json$/i;

function list(root: string): { files: string[]; directories: string[] } {
  const files: string[] = [];
  const directories: string[] = [];
  const pending: { relative: string; depth: number }[] = [{ relative: '', depth: 0 }];
  for (let next = pending.shift(); next && files.length < mostFiles; next = pending.shift()) {
    for (const entry of readDirectory(path.join(root, next.relative))) {
      const relative = next.relative === '' ? entry.name : `${next.relative}/${entry.name}`;
      if (!entry.isDirectory) files.push(relative);
      else {
        directories.push(relative);
        const closed = skipped.has(entry.name.toLowerCase()) || entry.name.startsWith('.');
        if (!closed && next.depth < deepest) pending.push({ relative, depth: next.depth + 1 });
      }
    }
  }
  return { files, directories };
}

function readDirectory(directory: string): { name: string; isDirectory: boolean }[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      isDirectory: entry.isDirectory(),
    }));
  } catch {
    return []; // a folder we may not read holds nothing we can judge
  }
}

/** Text of a file, byte-order mark removed; undefined when it cannot be read or is too large to be a source. */
export function readText(file: string): string | undefined {
  try {
    if (statSync(file).size > largest) return undefined;
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined; // gone or not ours to read: absent to the rules
  }
}

/** Lists a folder. With `alone`, only its web.config is judged and the folder counts as empty. */
export function readFolder(root: string, alone: boolean): AppFolder {
  const { files, directories } = alone ? { files: [], directories: [] } : list(root);
  const byName = new Map(files.map((file) => [file.toLowerCase(), file]));
  const folders = new Set(['', ...directories.map((directory) => directory.toLowerCase())]);
  const normal = (relative: string): string => path.posix.normalize(relative.replaceAll('\\', '/')).replace(/\/$/, '');
  const spelling = (relative: string): string | undefined => byName.get(normal(relative).toLowerCase());
  return {
    root,
    files,
    hasSources: files.some((file) => source.test(path.posix.basename(file))),
    isFile: (relative) => spelling(relative) !== undefined,
    isDirectory: (relative) => folders.has(normal(relative).toLowerCase().replace(/^\.$/, '')),
    spelling,
    read: (relative) => {
      const found = spelling(relative);
      return found === undefined ? undefined : readText(path.join(root, found));
    },
  };
}
