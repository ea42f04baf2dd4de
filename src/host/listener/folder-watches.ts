import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { nearestFolder } from './file-state.js';

/** Where the system has no notifications (too many watches, network folders), the files are checked at this interval, in ms. */
const pollInterval = 1_000;

/** The system's notifications for folders, one watch per folder. */
export class FolderWatches {
  readonly #onChange: (path: string | undefined) => void;
  readonly #watches = new Map<string, FSWatcher | undefined>();
  #poll: NodeJS.Timeout | undefined;
  #closed = false;

  /** `onChange` gets the changed path; undefined when the system did not say which, or has no notifications. */
  constructor(onChange: (path: string | undefined) => void) {
    this.#onChange = onChange;
  }

  get count(): number {
    return this.#watches.size;
  }

  /** Watches the folder of the file, or the first existing folder above it. */
  around(file: string): void {
    this.#watch(nearestFolder(path.dirname(file)));
  }

  /** Ends every watch that none of these files needs. */
  keepFor(files: Iterable<string>): void {
    const needed = new Set<string>();
    for (const file of files) needed.add(nearestFolder(path.dirname(file)));
    for (const [folder, watcher] of this.#watches) {
      if (needed.has(folder)) continue;
      this.#watches.delete(folder);
      watcher?.close();
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    for (const watcher of this.#watches.values()) watcher?.close();
    this.#watches.clear();
  }

  #watch(folder: string): void {
    if (this.#watches.has(folder) || this.#closed) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // The folder itself was moved or removed (inotify(7), IN_MOVE_SELF): another one may have the same path now.
        if (name === path.basename(folder)) this.#replace(folder);
        else this.#onChange(name === null ? undefined : path.join(folder, name));
      });
      this.#watches.set(folder, watcher);
      watcher.on('error', () => this.#replace(folder)); // removed, on Windows; the folder above is watched instead
      // FSEvents (macOS) starts watching a little later than it reports.
      if (process.platform === 'darwin') this.#onChange(folder);
    } catch {
      this.#watches.set(folder, undefined);
      this.#poll ??= setInterval(() => this.#onChange(undefined), pollInterval).unref();
    }
  }

  #replace(folder: string): void {
    const watcher = this.#watches.get(folder);
    this.#watches.delete(folder);
    watcher?.close();
    this.#watch(nearestFolder(folder));
    this.#onChange(folder);
  }
}
