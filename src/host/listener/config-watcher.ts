import { type FSWatcher, statSync, watch } from 'node:fs';
import path from 'node:path';

/** Changes within this time are one change: editors write a file in several steps. */
const settle = 30;
/** Where the system gives no notifications (too many watches, network folders), the files are looked at this often. */
const pollInterval = 1000;
/** File times are coarser than the clock; a file this much older than the load may still have changed behind it. */
const clockGrain = 20;
/** Beyond it the files that are not there are forgotten: clients can make up as many folders as they like. */
const mostFiles = 8192;
/** Signature of a file that is not there. */
const missing = 'missing';

/**
 * Watches configuration files, present or not, through their folders, so that files which are replaced, removed or appear later
 * are seen. A notification counts only when a file's time, size or identity really differs.
 */
export class ConfigWatcher {
  readonly #onChange: (files: readonly string[]) => void;
  readonly #known = new Map<string, string>();
  readonly #folders = new Map<string, FSWatcher | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(onChange: (files: readonly string[]) => void) {
    this.#onChange = onChange;
  }

  /** Watches these as well. `readAt` (ms since 1970): what changed at or after that time counts as changed already. */
  add(files: readonly string[], readAt: number): void {
    for (const file of files) {
      // A relative name is no file: the applicationHost.config that `serve` makes in memory.
      if (this.#known.has(file) || this.#closed || !path.isAbsolute(file)) continue;
      if (this.#known.size >= mostFiles) this.#forgetMissing();
      this.#watchFolder(nearestFolder(path.dirname(file)));
      this.#known.set(file, signature(file));
      if (changedSince(file, readAt - clockGrain)) {
        this.#known.set(file, '');
        this.#schedule();
      }
    }
  }

  #forgetMissing(): void {
    for (const [file, before] of this.#known) if (before === missing) this.#known.delete(file);
  }

  /** Looks at every file now, for callers who cannot wait for a notification. */
  check(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#closed) return;
    const changed: string[] = [];
    for (const [file, before] of this.#known) {
      const now = signature(file);
      if (now === before) continue;
      this.#known.set(file, now);
      this.#watchFolder(nearestFolder(path.dirname(file)));
      changed.push(file);
    }
    if (changed.length > 0) this.#onChange(changed);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    for (const watcher of this.#folders.values()) watcher?.close();
    this.#folders.clear();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.check(), settle);
  }

  #watchFolder(folder: string): void {
    if (this.#folders.has(folder) || this.#closed) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#schedule());
      this.#folders.set(folder, watcher);
      watcher.on('error', () => this.#forget(folder)); // the folder was removed; its files are seen through the one above
      watcher.on('close', () => this.#folders.delete(folder));
    } catch {
      this.#folders.set(folder, undefined);
      this.#poll ??= setInterval(() => this.check(), pollInterval).unref();
    }
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
    const above = nearestFolder(path.dirname(folder));
    if (above !== folder) this.#watchFolder(above);
    this.#schedule();
  }
}

/** The folder itself, or the first above it that is there. */
function nearestFolder(folder: string): string {
  for (let current = folder; ; current = path.dirname(current)) {
    if (isFolder(current) || path.dirname(current) === current) return current;
  }
}

function isFolder(name: string): boolean {
  try {
    return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false; // not readable: watch what is above it
  }
}

function signature(file: string): string {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats === undefined ? missing : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  } catch (error) {
    return `error ${(error as NodeJS.ErrnoException).code}`;
  }
}

function changedSince(file: string, time: number): boolean {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats !== undefined && Math.max(stats.mtimeMs, stats.ctimeMs) >= time;
  } catch {
    return false;
  }
}
