import { appendFileSync, closeSync, constants, fstatSync, openSync, renameSync, statSync } from 'node:fs';
import { WriteError } from '../../files/index.js';
import { printable } from '../../printable.js';
import type { HostEvent } from '../types.js';
import { type Home, homeNotWritable } from './home.js';

/** A new host.log is started above this size, in bytes; one older file is kept. */
export const largestLog = 1024 * 1024;

// O_NONBLOCK: opening a named pipe for writing waits until it has a reader.
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

/** Opens host.log for appending; the caller closes it. Throws UserError HOME_NOT_WRITABLE. */
export function openLog(home: Home): number {
  try {
    const log = openSync(home.logFile, flags, 0o600);
    if (fstatSync(log).isFile()) return log;
    closeSync(log);
    throw new Error('It is not a regular file.');
  } catch (error) {
    throw homeNotWritable(home, new WriteError(home.logFile, 'file', error));
  }
}

/** One line for each event, also when its message has several lines: time, level, code, message, place. */
export function logEvent(home: Home, { level, code, message, file, line }: HostEvent): void {
  const place = file === undefined ? '' : `  ${file}${line === undefined ? '' : `:${line}`}`;
  try {
    const stats = statSync(home.logFile, { throwIfNoEntry: false });
    if (stats?.isFile() === false) return;
    if ((stats?.size ?? 0) > largestLog) renameSync(home.logFile, `${home.logFile}.1`);
    appendFileSync(home.logFile, `${new Date().toISOString()} ${level} ${code}  ${printable(`${message}${place}`)}\n`);
  } catch {
    // A log that cannot be written (disk full, folder removed) must not stop the sites.
  }
}
