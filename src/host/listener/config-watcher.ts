import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import type { ConfigReader } from '../../config/index.js';
import { diskReader } from '../../webconfig/index.js';

/** Changes within this time are one change: editors write a file in several steps. */
const settle = 30;
/** Where the system gives no notifications (too many watches, network folders), the files are looked at this often. */
const pollInterval = 1000;
/** Beyond it the files that are not there are forgotten: clients can make up as many folders as they like. */
const mostFiles = 8192;

/** Fingerprint of what is not there. */
const missing = 'missing';
/** Fingerprint of what was read in two states: the next look finds a change. */
const torn = 'torn';

interface Watched {
  readonly kind: 'file' | 'folder';
  print: string;
}

/**
 * Watches configuration files, present or not, through their folders, so that files which are replaced, removed or appear later
 * are seen. What counts is the content: a change is what differs from the bytes that were read through `reader`.
 */
export class ConfigWatcher {
  /** Reads from the disk, and watches what it was asked for from before the read on. */
  readonly reader: ConfigReader;
  readonly #onChange: (files: readonly string[]) => void;
  readonly #known = new Map<string, Watched>();
  readonly #folders = new Map<string, FSWatcher | undefined>();
  /** Lower-case paths the system told of since the last look; undefined: it did not say which. */
  readonly #told = new Set<string | undefined>();
  #filesRead = 0;
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #closed = false;

  /** `onChange` gets the files that changed; the list is empty when only folders appeared in which nothing is configured. */
  constructor(onChange: (files: readonly string[]) => void) {
    this.#onChange = onChange;
    this.reader = {
      read: (file) => {
        this.#watchAround(file);
        try {
          const bytes = diskReader.read(file);
          this.#saw(file, 'file', printOf(bytes));
          if (bytes !== undefined) this.#filesRead++;
          return bytes;
        } catch (error) {
          this.#saw(file, 'file', printOfError(error));
          throw error;
        }
      },
      isDirectory: (folder) => {
        const there = isFolder(folder);
        // One that is there is watched through its web.config.
        if (!there) {
          this.#watchAround(folder);
          this.#saw(folder, 'folder', missing);
        }
        return there;
      },
    };
  }

  /** Files that were there when `reader` was asked for them. */
  get filesRead(): number {
    return this.#filesRead;
  }

  /** Watches a file that is read by other means, beginning with what it holds now. */
  add(file: string): void {
    if (this.#known.has(file)) return;
    this.#watchAround(file);
    this.#saw(file, 'file', currentPrint(file));
  }

  /** Looks at every file now, for callers who cannot wait for a notification. */
  check(): void {
    this.#told.add(undefined);
    this.#look();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    for (const watcher of this.#folders.values()) watcher?.close();
    this.#folders.clear();
  }

  #saw(file: string, kind: Watched['kind'], print: string): void {
    if (this.#closed) return;
    const known = this.#known.get(file);
    if (known === undefined) {
      if (this.#known.size >= mostFiles) this.#forgetMissing();
      this.#known.set(file, { kind, print });
    } else if (known.print !== print) {
      known.print = torn;
      this.#tell(file);
    }
  }

  #forgetMissing(): void {
    for (const [file, { print }] of this.#known) if (print === missing) this.#known.delete(file);
  }

  #tell(file: string | undefined): void {
    this.#told.add(file?.toLowerCase());
    this.#timer ??= setTimeout(() => this.#look(), settle);
  }

  #look(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const told = [...this.#told];
    this.#told.clear();
    if (this.#closed) return;
    const changed: string[] = [];
    let appeared = false;
    for (const [file, watched] of this.#known) {
      if (!told.includes(undefined) && !isTold(file.toLowerCase(), told)) continue;
      if (watched.kind === 'folder') {
        if (!isFolder(file)) continue;
        this.#known.delete(file); // the model that is loaded next watches the web.config in it
        appeared = true;
        const inside = path.join(file, 'web.config');
        if (currentPrint(inside) !== missing) changed.push(inside);
        continue;
      }
      this.#watchAround(file);
      const now = currentPrint(file);
      if (now === watched.print) continue;
      watched.print = now;
      changed.push(file);
    }
    if (changed.length > 0 || appeared) this.#onChange(changed);
  }

  #watchAround(file: string): void {
    this.#watchFolder(nearestFolder(path.dirname(file)));
  }

  #watchFolder(folder: string): void {
    if (this.#folders.has(folder) || this.#closed) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // The folder itself was moved or removed (inotify(7), IN_MOVE_SELF): another one may stand in its place.
        if (name === path.basename(folder)) this.#forget(folder);
        else this.#tell(name === null ? undefined : path.join(folder, name));
      });
      this.#folders.set(folder, watcher);
      watcher.on('error', () => this.#forget(folder)); // removed, on Windows; its files are seen through the one above
      // FSEvents (macOS) begins to watch a little later than it says.
      if (process.platform === 'darwin') this.#tell(folder);
    } catch {
      this.#folders.set(folder, undefined);
      this.#poll ??= setInterval(() => this.check(), pollInterval).unref();
    }
  }

  #forget(folder: string): void {
    const watcher = this.#folders.get(folder);
    this.#folders.delete(folder);
    watcher?.close();
    this.#watchFolder(nearestFolder(folder));
    this.#tell(folder);
  }
}

/** Is the path one of those told of, or below one? Both in lower case. */
function isTold(file: string, told: readonly (string | undefined)[]): boolean {
  return told.some((name) => name !== undefined && (file === name || file.startsWith(name + path.sep)));
}

/** The folder itself, or the first above it that is there. */
function nearestFolder(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (isFolder(current) || path.dirname(current) === current) return current;
  }
}

function isFolder(name: string): boolean {
  return diskReader.isDirectory?.(name) ?? false;
}

function currentPrint(file: string): string {
  try {
    return printOf(diskReader.read(file));
  } catch (error) {
    return printOfError(error);
  }
}

function printOfError(error: unknown): string {
  return `error ${(error as NodeJS.ErrnoException).code}`;
}

function printOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? missing : createHash('sha256').update(bytes).digest('base64');
}
