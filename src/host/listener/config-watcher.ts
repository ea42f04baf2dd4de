import path from 'node:path';
import type { ConfigReader } from '../../config/index.js';
import { diskReader } from '../../webconfig/index.js';
import {
  currentPrint,
  isFolder,
  missing,
  printOf,
  printOfError,
  type Stamp,
  sameStamp,
  stampOf,
} from './file-state.js';
import { FolderWatches } from './folder-watches.js';

/** A changed file is used when it is the same in two checks at this interval, in ms: editors write a file in several steps. */
const settleStep = 15;
/** A file that keeps changing is used as it is after this time, in ms. */
const longestSettle = 500;
/**
 * Clients can request any number of folders without configuration. Above these numbers all of them are forgotten, with the
 * conclusions from them: folders that do not exist, and absent files of folders that exist.
 */
const mostMissingFolders = 4_096;
const mostAbsentFiles = 1_024;

/** Fingerprint of a file that changed while it was read: the next check finds a change. */
const torn = 'torn';

interface Watched {
  readonly file: string;
  /** Lower case, because the system may report it in another spelling. */
  readonly folded: string;
  /** Fingerprint of the content in use. */
  print: string;
  /** Not undefined: the file has not changed as long as `stampOf` returns the same. */
  stamp: Stamp | undefined;
  /** The new content that was found at the last check, while it settles. */
  seen: string | undefined;
  /** Remembered although it is absent: something that runs depends on it. */
  kept: boolean;
}

/**
 * Watches configuration files, existing or not, through their folders, so that files which are replaced, removed or created later
 * are noticed. Content is compared: a change is a difference from the bytes that were read through `reader`. Reading never causes
 * a change, for any name, and the number of remembered names that do not exist is limited.
 */
export class ConfigWatcher {
  /** Reads from the disk; a file is watched from before it is read. */
  readonly reader: ConfigReader;
  readonly #onChange: (files: readonly string[]) => void;
  readonly #files = new Map<string, Watched>();
  /** Folders that did not exist: their path, and the same in lower case. A file of the same name is a separate entry. */
  readonly #missingFolders = new Map<string, string>();
  readonly #folders = new FolderWatches((changedPath) => this.#notePath(changedPath));
  /** Lower-case paths reported by the system since the last check; undefined: the system did not say which. */
  readonly #changedPaths = new Set<string | undefined>();
  #absent = 0;
  #filesRead = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the first change that is settling now was reported; performance.now(). */
  #since: number | undefined;
  #waiting: (() => void)[] = [];
  /**
   * Names, and lists of names, found unchanged in this turn of the event loop: requests read in one turn were sent before it. A new
   * set each turn: one that is cleared links all its former tables, see `Places`.
   */
  #unchanged = new Set<unknown>();
  readonly #forgetUnchanged = (): void => {
    this.#unchanged = new Set();
  };
  #closed = false;

  /** `onChange` gets the files that changed; the list is empty when no change is reported but everything must be read again. */
  constructor(onChange: (files: readonly string[]) => void) {
    this.#onChange = onChange;
    this.reader = {
      read: (file) => this.#read(file),
      isDirectory: (folder) => {
        const there = isFolder(folder);
        // An existing folder is watched through its web.config.
        if (!there) this.#sawNoFolder(folder);
        return there;
      },
    };
  }

  /** Files that existed when `reader` was asked for them. */
  get filesRead(): number {
    return this.#filesRead;
  }

  /** How many folders are watched through the system. */
  get watches(): number {
    return this.#folders.count;
  }

  /** Watches a file that is read in other ways, starting with its current content. */
  add(file: string): void {
    if (this.#files.has(keyOf(file))) return;
    this.#folders.around(file);
    this.#saw(file, currentPrint(file));
  }

  /** Remembers files permanently, even if they are absent. Files that were never read are not remembered. */
  keep(files: Iterable<string>): void {
    for (const file of files) {
      const watched = this.#files.get(keyOf(file));
      if (watched !== undefined) this.#count(watched, () => (watched.kept = true));
    }
  }

  /** Forgets all other names, and ends the watches of their folders. */
  retain(isWanted: (name: string) => boolean): void {
    for (const folder of this.#missingFolders.keys()) if (!isWanted(folder)) this.#missingFolders.delete(folder);
    for (const watched of this.#files.values()) {
      if (isWanted(watched.file)) continue;
      this.#count(watched, () => (watched.kept = true)); // it no longer counts as absent
      this.#files.delete(keyOf(watched.file));
    }
    this.#endWatches();
  }

  /** Checks every file now, for callers that cannot wait for a notification. */
  check(): void {
    this.#changedPaths.add(undefined);
    this.#look('at once');
  }

  /**
   * Compares the given files and folders, if they were read before, with the disk. Undefined when nothing changed; else resolves
   * when the change has settled and `onChange` was called.
   */
  settled(names: Iterable<string>): Promise<void> | undefined {
    if (this.#closed || this.#unchanged.has(names)) return undefined;
    if (this.#absent > mostAbsentFiles || this.#missingFolders.size > mostMissingFolders) this.#forgetAbsent();
    let changes = false;
    for (const name of names) {
      if (this.#unchanged.has(name)) continue;
      if (!this.#differs(name)) {
        this.#remember(name);
        continue;
      }
      changes = true;
      this.#notePath(name);
    }
    if (changes) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#remember(names);
    return undefined;
  }

  #remember(unchanged: unknown): void {
    if (this.#unchanged.size === 0) setImmediate(this.#forgetUnchanged);
    this.#unchanged.add(unchanged);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#folders.close();
    this.#release();
  }

  #read(file: string): Uint8Array | undefined {
    this.#folders.around(file);
    try {
      const bytes = diskReader.read(file);
      this.#saw(file, printOf(bytes));
      if (bytes !== undefined) this.#filesRead++;
      return bytes;
    } catch (error) {
      this.#saw(file, printOfError(error));
      throw error;
    }
  }

  #saw(file: string, print: string): void {
    if (this.#closed) return;
    const key = keyOf(file);
    const known = this.#files.get(key);
    if (known === undefined) {
      this.#files.set(key, { file, folded: file.toLowerCase(), print, stamp: undefined, seen: undefined, kept: false });
      if (print === missing) this.#absent++;
    } else if (known.print !== print) {
      this.#obey(known, torn);
      this.#notePath(file);
    }
  }

  #sawNoFolder(folder: string): void {
    if (this.#closed) return;
    this.#folders.around(folder);
    this.#missingFolders.set(folder, folder.toLowerCase());
  }

  #obey(watched: Watched, print: string): void {
    this.#count(watched, () => {
      watched.print = print;
      watched.stamp = undefined;
      watched.seen = undefined;
    });
  }

  /** Keeps the count of absent files correct while `change` is applied to one. */
  #count(watched: Watched, change: () => void): void {
    const isSpare = (): number => (watched.print === missing && !watched.kept ? 1 : 0);
    this.#absent -= isSpare();
    change();
    this.#absent += isSpare();
  }

  /** Conclusions from them are dropped too: everything is read again, without reporting a change. */
  #forgetAbsent(): void {
    this.#missingFolders.clear();
    for (const [key, { print, kept }] of this.#files) if (print === missing && !kept) this.#files.delete(key);
    this.#absent = 0;
    this.#endWatches();
    this.#onChange([]);
  }

  #endWatches(): void {
    this.#folders.keepFor([...[...this.#files.values()].map(({ file }) => file), ...this.#missingFolders.keys()]);
  }

  #differs(name: string): boolean {
    const watched = this.#files.get(keyOf(name));
    if (watched !== undefined && this.#hasChanged(watched)) return true;
    return this.#missingFolders.has(name) && isFolder(name);
  }

  #hasChanged(watched: Watched): boolean {
    const stamp = stampOf(watched.file, watched.print); // before the read: a write in between is found by the next check
    if (stamp !== undefined && watched.stamp !== undefined && sameStamp(stamp, watched.stamp)) return false;
    if (currentPrint(watched.file) !== watched.print) return true;
    watched.stamp = stamp;
    return false;
  }

  #notePath(name: string | undefined): void {
    if (this.#closed) return;
    this.#changedPaths.add(name?.toLowerCase());
    this.#since ??= performance.now();
    this.#timer ??= setTimeout(() => this.#look('settled'), settleStep);
  }

  #look(how: 'at once' | 'settled'): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#closed) return;
    const found = [...this.#files.values()].filter((watched) => this.#wasTold(watched.folded));
    const prints = new Map<Watched, string>();
    let moves = false;
    for (const watched of found) {
      this.#folders.around(watched.file);
      const now =
        this.#changedPaths.has(undefined) && !this.#hasChanged(watched) ? watched.print : currentPrint(watched.file);
      if (now !== watched.print) {
        prints.set(watched, now);
        moves ||= now !== watched.seen;
      }
      watched.seen = now;
    }
    if (how === 'settled' && moves && performance.now() - (this.#since ?? 0) < longestSettle) {
      this.#timer = setTimeout(() => this.#look('settled'), settleStep);
      return;
    }
    for (const [watched, print] of prints) this.#obey(watched, print);
    this.#conclude([...prints.keys()].map(({ file }) => file));
  }

  #conclude(changed: string[]): void {
    let appeared = false;
    for (const [folder, folded] of this.#missingFolders) {
      if (!this.#wasTold(folded) || !isFolder(folder)) continue;
      this.#missingFolders.delete(folder); // the next loaded model watches the web.config in it
      appeared = true;
      const inside = path.join(folder, 'web.config');
      if (currentPrint(inside) !== missing) changed.push(inside);
    }
    this.#changedPaths.clear();
    this.#since = undefined;
    try {
      if (changed.length > 0 || appeared) this.#onChange(changed);
    } finally {
      this.#release(); // no request waits forever when applying the change fails
    }
  }

  /** Is the path one of the reported ones, or below one? In lower case. */
  #wasTold(folded: string): boolean {
    if (this.#changedPaths.has(undefined)) return true;
    for (let current = folded; ; current = path.dirname(current)) {
      if (this.#changedPaths.has(current)) return true;
      if (path.dirname(current) === current) return false;
    }
  }

  #release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }
}

/** One key for all spellings that are the same file on this machine's disk. */
function keyOf(file: string): string {
  return process.platform === 'win32' ? file.toLowerCase() : file;
}
