import {
  closeSync,
  constants,
  close as fsClose,
  open as fsOpen,
  read as fsRead,
  fstat,
  fstatSync,
  openSync,
  type Stats,
  stat,
  statSync,
} from 'node:fs';
import * as promises from 'node:fs/promises';
import { openingFailed, requireRegular } from './file-error.js';

// Checked twice: before opening, because opening a device may already have an effect (a watchdog starts, a tape rewinds);
// and after it, because another file may have the name by then. With O_NONBLOCK opening a named pipe does not wait for a writer.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** An open regular file; the caller closes it. */
export interface OpenFile {
  readonly handle: promises.FileHandle;
  readonly stats: Stats;
}

/** Throws FileError when the path is neither a regular file nor a folder, but a named pipe, a socket or a device. */
export function refuseSpecial(file: string): void {
  let stats: Stats | undefined;
  try {
    stats = statSync(file, { throwIfNoEntry: false });
  } catch {
    return; // not accessible: reading it reports why
  }
  if (stats !== undefined && !stats.isDirectory()) requireRegular(file, stats);
}

/** Opens a regular file for reading, following links. Throws FileError. */
export async function openRegularFile(file: string): Promise<OpenFile> {
  let handle: promises.FileHandle | undefined;
  try {
    requireRegular(file, await promises.stat(file));
    handle = await promises.open(file, flags);
    const stats = await handle.stat();
    requireRegular(file, stats);
    return { handle, stats };
  } catch (error) {
    await handle?.close();
    throw openingFailed(file, error);
  }
}

/** The same synchronously; returns the file descriptor. Throws FileError. */
export function openRegularFileSync(file: string): { readonly fd: number; readonly stats: Stats } {
  let fd: number | undefined;
  try {
    requireRegular(file, statSync(file));
    fd = openSync(file, flags);
    const stats = fstatSync(fd);
    requireRegular(file, stats);
    return { fd, stats };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw openingFailed(file, error);
  }
}

type Opened = (error: Error | null, fd?: number) => void;

function openForStream(file: string, _flags: unknown, _mode: unknown, done: Opened): void {
  stat(file, (absent, before) => {
    const refused = refusal(file, absent, before);
    if (refused) done(refused);
    else fsOpen(file, flags, (error, fd) => (error ? done(openingFailed(file, error)) : checkOpened(file, fd, done)));
  });
}

function checkOpened(file: string, fd: number, done: Opened): void {
  fstat(fd, (error, stats) => {
    const refused = refusal(file, error, stats);
    if (refused) fsClose(fd, () => done(refused));
    else done(null, fd);
  });
}

function refusal(file: string, error: Error | null, stats: Stats): Error | undefined {
  try {
    if (error) throw error;
    requireRegular(file, stats);
    return undefined;
  } catch (problem) {
    return openingFailed(file, problem);
  }
}

/** For the `fs` option of createReadStream: opens regular files only, and the stream fails with a FileError for all else. */
export const regularFilesOnly = { open: openForStream, read: fsRead, close: fsClose };
