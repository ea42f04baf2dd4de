import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { tooManyOpenFiles } from '../errors.js';
import { FileError, fileLimits, readFileSync, readingFailed, spellingOnDisk } from '../files/index.js';

/** The app's folder, listed once. Names are compared ignoring case, as on Windows. */
export interface AppFolder {
  /** Absolute. */
  readonly root: string;
  /** Relative paths with forward slashes, as on disk, without node_modules and dot folders; empty when only a file is checked. */
  readonly files: readonly string[];
  /** False when only a web.config is checked: then absent files must not be reported. */
  readonly hasSources: boolean;
  /** A relative path, forward slashes; also one that is not listed. */
  isFile(relative: string): boolean;
  isDirectory(relative: string): boolean;
  /** The spelling on disk. */
  spelling(relative: string): string | undefined;
  /** The bytes of a file, or why it cannot be read; undefined when there is none. */
  load(relative: string): Buffer | FileError | undefined;
  /** The text of a file, without a byte-order mark; undefined when it cannot be read or is larger than 2 MB. */
  read(relative: string): string | undefined;
  /** The same for a file of up to 32 MB: a bundle, or its source map. */
  readLarge(relative: string): string | undefined;
  /** The same for a file below node_modules, which is not listed. */
  readInstalled(relative: string): string | undefined;
  /** Files that exist but could not be read so far, except those that are too large to be a source, and folders that could not be listed. */
  readonly unread: readonly FileError[];
  /** The texts that were read so far and have a comment for this program in them, by name as on disk. */
  readonly addressed: ReadonlyMap<string, string>;
  readonly listing: Listing;
}

/** A comment for this program begins with it. */
const addressee = /iisnode-sock:/i;

const skipped = new Set(['node_modules', 'bower_components', 'iisnode', '$recycle.bin']);
const mostFiles = 20_000;
const deepest = 12;
const lockFile = /(^|[\\/])(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml)$/i;
const source = /\.(c|m)?(j|t)sx?$|^package\.json$/i;

/** What is in a folder, as on disk when it was listed. */
interface Listing {
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** The folders that were not listed, in lower case. */
  readonly closed: ReadonlySet<string>;
  /** Those of them that the system does not let this user list: what is in them is unknown. */
  readonly refused: readonly FileError[];
}

const nothing: Listing = { files: [], directories: [], closed: new Set(), refused: [] };

function list(root: string): Listing {
  const files: string[] = [];
  const directories: string[] = [];
  const closed = new Set<string>();
  const refused: FileError[] = [];
  const pending: { relative: string; depth: number }[] = [{ relative: '', depth: 0 }];
  while (files.length < mostFiles) {
    const next = pending.shift();
    if (next === undefined) break;
    const entries = readDirectory(path.join(root, next.relative));
    if (entries instanceof FileError) {
      refused.push(entries);
      closed.add(next.relative.toLowerCase());
      continue;
    }
    for (const entry of entries) {
      const relative = next.relative === '' ? entry.name : `${next.relative}/${entry.name}`;
      if (!entry.isDirectory) files.push(relative);
      else {
        directories.push(relative);
        const isPassed = entry.isLink || skipped.has(entry.name.toLowerCase()) || entry.name.startsWith('.');
        if (!isPassed && next.depth < deepest) pending.push({ relative, depth: next.depth + 1 });
        else closed.add(relative.toLowerCase());
      }
    }
  }
  for (const { relative } of pending) closed.add(relative.toLowerCase());
  return { files, directories, closed, refused };
}

function added({ files, directories, closed, refused }: Listing, planned: PlannedFiles): Listing {
  const known = new Set(files.map((name) => name.toLowerCase()));
  const news = [...planned.keys()].filter((name) => !known.has(name.toLowerCase()));
  const above = (name: string): string[] => {
    const folder = path.posix.dirname(name);
    return folder === '.' ? [] : [folder, ...above(folder)];
  };
  return { files: [...files, ...news], directories: [...directories, ...news.flatMap(above)], closed, refused };
}

interface Listed {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly isLink: boolean;
}

/** What is in a folder, or why that is not known; empty where it went meanwhile. */
function readDirectory(directory: string): readonly Listed[] | FileError {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const isLink = entry.isSymbolicLink();
      const isDirectory = isLink ? leadsToFolder(path.join(directory, entry.name)) : entry.isDirectory();
      return isDirectory === undefined ? [] : [{ name: entry.name, isDirectory, isLink }];
    });
  } catch (error) {
    if (tooManyOpenFiles(error)) throw error; // the files may be there: their absence would be reported as a fault of the app
    const failed = readingFailed(directory, error);
    return failed.problem === 'denied' || failed.system === 'EIO' ? failed : [];
  }
}

/** undefined: the link leads to nothing, as an editor's lock `.#server.js` does, and counts as absent. */
function leadsToFolder(link: string): boolean | undefined {
  try {
    return statSync(link, { throwIfNoEntry: false })?.isDirectory();
  } catch {
    return false; // for example a link to itself: reading it reports the error
  }
}

const limitOf = (file: string): number => (lockFile.test(file) ? fileLimits.lockFile : fileLimits.source);

/** An error while reading it is added to `unread`. */
function load(file: string, unread: FileError[], limit = limitOf(file)): Buffer | FileError | undefined {
  try {
    return readFileSync(file, limit);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.problem === 'absent') return undefined;
    const isNews = error.problem !== 'too-large';
    if (isNews && !unread.some((other) => other.file === file)) unread.push(error);
    return error;
  }
}

/** The same as text, byte-order mark removed. */
function textOf(bytes: Buffer | FileError | undefined): string | undefined {
  if (bytes === undefined || bytes instanceof FileError) return undefined;
  return bytes.toString().replace(/^\uFEFF/, '');
}

/** Does the path lead through one of these folders? */
function isBelow(folders: ReadonlySet<string>, name: string): boolean {
  for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
    if (folders.has(name.slice(0, at).toLowerCase())) return true;
  }
  return false;
}

/** A file in a folder that is not listed: `.output/server/index.mjs`. */
function spellingBelow(root: string, name: string): string | undefined {
  const found = spellingOnDisk(path.join(root, name));
  return found === undefined || leadsToFolder(found) !== false ? undefined : relativeTo(root, found);
}

const relativeTo = (root: string, file: string): string => path.relative(root, file).replaceAll(path.sep, '/');

/** Planned files of a folder: their bytes by relative name, forward slashes. */
export type PlannedFiles = ReadonlyMap<string, Uint8Array>;

/** Lists a folder. With `alone`, only its web.config is checked and the folder counts as empty. */
export function readFolder(root: string, alone: boolean): AppFolder {
  return folderOf(root, alone ? nothing : list(root), new Map());
}

/** The folder with these files, which count as existing and are not read from the disk. It is not listed again. */
export function withPlanned({ root, listing }: AppFolder, planned: PlannedFiles): AppFolder {
  return folderOf(root, added(listing, planned), planned);
}

function folderOf(root: string, listing: Listing, planned: PlannedFiles): AppFolder {
  const { files, directories, closed } = listing;
  const byName = new Map(files.map((file) => [file.toLowerCase(), file]));
  const folders = new Set(['', ...directories.map((directory) => directory.toLowerCase())]);
  const normal = (relative: string): string => path.posix.normalize(relative.replaceAll('\\', '/')).replace(/\/$/, '');
  const spelling = (relative: string): string | undefined => {
    const name = normal(relative);
    return byName.get(name.toLowerCase()) ?? (isBelow(closed, name) ? spellingBelow(root, name) : undefined);
  };
  const unread: FileError[] = [...listing.refused];
  const coming = new Map([...planned].map(([name, bytes]) => [name.toLowerCase(), Buffer.from(bytes)]));
  const bytesOf = (relative: string, limit?: number): Buffer | FileError | undefined => {
    const found = spelling(relative);
    if (found === undefined) return undefined;
    return coming.get(found.toLowerCase()) ?? load(path.join(root, found), unread, limit);
  };
  const addressed = new Map<string, string>();
  const read = (relative: string): string | undefined => {
    const text = textOf(bytesOf(relative));
    if (text !== undefined && addressee.test(text)) addressed.set(spelling(relative) ?? relative, text);
    return text;
  };
  return {
    root,
    files,
    hasSources: files.some((file) => source.test(path.posix.basename(file))),
    isFile: (relative) => spelling(relative) !== undefined,
    isDirectory: (relative) => folders.has(normal(relative).toLowerCase().replace(/^\.$/, '')),
    spelling,
    load: (relative) => bytesOf(relative),
    read,
    readLarge: (relative) => textOf(bytesOf(relative, fileLimits.bundle)),
    readInstalled: (relative) => textOf(load(path.join(root, 'node_modules', relative), unread)),
    unread,
    addressed,
    listing,
  };
}
