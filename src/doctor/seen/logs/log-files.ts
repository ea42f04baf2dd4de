import { opendirSync } from 'node:fs';
import path from 'node:path';
import { FileError, readTailSync } from '../../../files/index.js';
import { textOfBytes } from '../../text-of-bytes.js';

/** A file in a folder of logs. */
export interface LogFile {
  readonly name: string;
  /** Of `<COMPUTERNAME>-<pid>-<stdout|stderr>-<ms since 1970>.txt`; undefined for a file with another name. */
  readonly of?: {
    readonly computer: string;
    readonly pid: number;
    readonly stream: 'stdout' | 'stderr';
    /** ms since 1970: its first line. */
    readonly begun: number;
  };
}

/** The end of one. */
export interface LogText {
  readonly file: string;
  readonly log: LogFile;
  readonly text: string;
  readonly isWhole: boolean;
  /** ms since 1970: its last line. */
  readonly changed: number;
}

/** The most names that are looked at, files that are read, and bytes of each. */
export const most = { names: 10_000, files: 40, bytes: 65_536 };

/** iisnode 0.2.27, interceptor.js. */
const ofIisnode = /^(.{1,80})-(\d{1,10})-(stdout|stderr)-(\d{10,14})\.txt$/;

/** The logs of a folder, the newest first; those with names of iisnode before others. Throws what opendir throws. */
export function listLogs(folder: string): LogFile[] {
  const files: LogFile[] = [];
  const directory = opendirSync(folder);
  try {
    for (let count = 0; count < most.names; count += 1) {
      const entry = directory.readSync();
      if (entry === null) break;
      const file = entry.isFile() ? logFile(entry.name) : undefined;
      if (file !== undefined) files.push(file);
    }
  } finally {
    directory.closeSync();
  }
  return files.sort((one, other) => (other.of?.begun ?? 0) - (one.of?.begun ?? 0) || (one.name < other.name ? 1 : -1));
}

function logFile(name: string): LogFile | undefined {
  const [, computer, pid, stream, begun] = ofIisnode.exec(name) ?? [];
  if (computer !== undefined)
    return {
      name,
      of: { computer, pid: Number(pid), stream: stream === 'stderr' ? 'stderr' : 'stdout', begun: Number(begun) },
    };
  return /\.(?:txt|log)$/i.test(name) ? { name } : undefined;
}

/** The end of a log; undefined where it cannot be read: it was purged meanwhile, or is locked. */
export function readLog(folder: string, log: LogFile): LogText | undefined {
  const file = path.join(folder, log.name);
  try {
    const { bytes, isWhole, changed } = readTailSync(file, most.bytes);
    return { file, log, text: textOfBytes(bytes), isWhole, changed };
  } catch (error) {
    if (error instanceof FileError) return undefined;
    throw error;
  }
}
