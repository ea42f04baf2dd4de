import { closeSync, readdirSync, readSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileLimits, openRegularFileSync, readFileSync } from '../../files/index.js';
import { type CrashReason, crashReason } from '../backend/crash-reason.js';
import type { NodeProcess } from './node-process.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Above this iisnode seeks past the file's end and shows nothing (iisnode 0.2.27, cnodeprocess.cpp TryGetLog). */
const largestShown = 65536;

/** How many bytes at the end of a log are read to find why a process ended. */
const endOfLog = 16 * 1024;

/** The stderr log of the process as the developer error page shows it; undefined when there is none to show. */
export function stderrLog(process: NodeProcess, environment: Environment): string | undefined {
  // iisnode appends the directory to the script's folder even when it is absolute, and takes the first file, the oldest.
  const folder = `${path.dirname(process.script)}${path.sep}${logDirectory(process)}`;
  try {
    const [name] = stderrLogs(folder, process, environment);
    return name === undefined ? undefined : readFileSync(path.join(folder, name), largestShown).toString();
  } catch {
    return undefined;
  }
}

/** Why the process ended, from its log and from output that bypassed the interceptor. */
export function exitReasonOf(process: NodeProcess, environment: Environment): CrashReason {
  const logged = process.settings.loggingEnabled ? lastLogged(process, environment) : '';
  const reason = crashReason(`${logged}\n${process.stderr.text()}`);
  if (reason.place?.position === undefined || reason.place.line !== undefined) return reason;
  return { ...reason, place: { ...reason.place, line: lineAt(reason.place.file, reason.place.position) } };
}

function lastLogged(process: NodeProcess, environment: Environment): string {
  const folder = path.resolve(path.dirname(process.script), logDirectory(process));
  let open: number | undefined;
  try {
    const name = stderrLogs(folder, process, environment).at(-1);
    if (name === undefined) return '';
    const { fd, stats } = openRegularFileSync(path.join(folder, name));
    open = fd;
    const bytes = Buffer.alloc(Math.min(stats.size, endOfLog));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, stats.size - bytes.length));
  } catch {
    return '';
  } finally {
    if (open !== undefined) closeSync(open);
  }
}

const logDirectory = (process: NodeProcess): string => process.settings.logDirectory.replaceAll('\\', path.sep);

/** Names of the stderr logs of the process, oldest first. */
function stderrLogs(folder: string, process: NodeProcess, environment: Environment): string[] {
  const prefix = `${environment.COMPUTERNAME || os.hostname()}-${process.pid}-stderr-`;
  return readdirSync(folder)
    .filter((file) => file.startsWith(prefix) && file.endsWith('.txt'))
    .sort();
}

/** The line of an offset in a file, from 1; undefined when it cannot be read. */
function lineAt(file: string, position: number): number | undefined {
  try {
    return readFileSync(file, fileLimits.source).toString().slice(0, position).split('\n').length;
  } catch {
    return undefined;
  }
}
