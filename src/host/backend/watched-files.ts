import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import path from 'node:path';
import { folderProblem } from '../../files/index.js';
import { watchedNameMatches } from '../../webconfig/index.js';
import type { HostClock } from '../types.js';
import { win32 } from './win32.js';

/** One entry of watchedFiles: a file name or pattern in one folder. */
export interface WatchEntry {
  /** Physical path of the folder. */
  readonly folder: string;
  readonly file: string;
  readonly wildcard: boolean;
}

/** A watched folder cannot be opened; `code` is the Win32 error. */
export class WatchFailed extends Error {
  override readonly name = 'WatchFailed';
  readonly code = win32.pathNotFound;
}

export interface Watching {
  close(): void;
}

/** Files of a network share, for which iisnode waits for no notification: they are compared again and again. */
export interface Polling {
  readonly clock: HostClock;
  /** In ms. */
  readonly interval: number;
}

/** An interval that never passes: INFINITE of Windows, as iisnode hands it on (iisnode 0.2.27, cfilewatcher.cpp Worker). */
const never = 2 ** 32 - 1;

/** How often files are compared where the system has no notifications, in ms. */
const pollInterval = 1000;

/** A text that changes when the files of the entry change; undefined when a plain file does not exist. */
export function fingerprint(entry: WatchEntry): string | undefined {
  if (!entry.wildcard) {
    const stat = statSync(path.join(entry.folder, entry.file), { throwIfNoEntry: false, bigint: true });
    return stat === undefined ? undefined : String(stat.mtimeNs);
  }
  const found: string[] = [];
  for (const name of namesInWatchedFolder(entry.folder)) {
    if (!watchedNameMatches(entry.file, name)) continue;
    const stat = statSync(path.join(entry.folder, name), { throwIfNoEntry: false, bigint: true });
    if (stat?.isFile()) found.push(`${name}|${stat.size}|${stat.mtimeNs}`);
  }
  return found.sort().join('\n');
}

/**
 * Calls `onChange` with the entry's file part each time the files of one entry changed. Not recursive. iisnode asks
 * Windows for last-write notifications only, so a rename or deletion is noticed only with the next write in the folder;
 * here it is noticed immediately, because editors on other systems save by renaming. Throws WatchFailed for a folder whose
 * parent does not exist; a missing folder in an existing parent is accepted.
 */
export function watchFiles(
  entries: readonly WatchEntry[],
  onChange: (file: string) => void,
  polling?: Polling,
): Watching {
  const closers: (() => void)[] = [];
  const byFolder = new Map<string, WatchEntry[]>();
  for (const entry of entries) byFolder.set(entry.folder, [...(byFolder.get(entry.folder) ?? []), entry]);
  try {
    for (const [folder, group] of byFolder) closers.push(watchFolder(folder, group, onChange, polling));
  } catch (error) {
    for (const close of closers) close();
    throw error;
  }
  return {
    close: () =>
      closers.splice(0).forEach((close) => {
        close();
      }),
  };
}

function watchFolder(
  folder: string,
  entries: readonly WatchEntry[],
  onChange: (file: string) => void,
  polling: Polling | undefined,
): () => void {
  if (folderProblem(folder)?.kind === 'absent') {
    if (folderProblem(path.dirname(folder))?.kind !== 'absent') return () => undefined;
    throw new WatchFailed(`watchedFiles names the folder ${folder}, whose parent does not exist`);
  }
  const known = new Map(entries.map((entry) => [entry, safeFingerprint(entry)]));
  const scan = (): void => {
    for (const entry of entries) {
      const now = safeFingerprint(entry);
      // A removed plain file is not a change (iisnode 0.2.27, ScanDirectory).
      if (now === undefined || now === known.get(entry)) continue;
      known.set(entry, now);
      onChange(entry.file);
    }
  };
  if (polling !== undefined) return repeat(scan, polling);
  let timer: NodeJS.Timeout | undefined;
  const poll = (): void => {
    timer ??= setInterval(scan, pollInterval).unref();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, { persistent: false }, scan);
    watcher.on('error', poll);
    scan(); // finds what changed before the watch began
  } catch {
    // No inotify watches left, or a file system without notifications.
    poll();
  }
  return () => {
    watcher?.close();
    clearInterval(timer);
  };
}

/** Runs it after each interval; the result ends that. An interval of 0 is a busy loop in iisnode, and here a short one. */
function repeat(run: () => void, { clock, interval }: Polling): () => void {
  if (interval >= never) return () => undefined;
  let cancel = (): void => undefined;
  const wait = (): void => {
    cancel = clock.after(Math.max(1, interval), () => {
      wait();
      run();
    });
  };
  wait();
  return () => cancel();
}

function safeFingerprint(entry: WatchEntry): string | undefined {
  try {
    return fingerprint(entry);
  } catch {
    return undefined;
  }
}

function namesInWatchedFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `*` and `?` as in FindFirstFile, ignoring case. */
