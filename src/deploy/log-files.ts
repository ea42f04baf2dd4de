import { linesOfOutput } from '../lines-of-output.js';

/** One line a node process wrote. */
export interface LogLine {
  /** Without its line end. */
  readonly text: string;
  readonly stream: 'stdout' | 'stderr';
  readonly pid: number;
  readonly computer: string;
  readonly file: string;
  /** When it was written, ISO 8601: known of the last line of a file, and of those that are read as they are written. */
  readonly time?: string;
}

/** `<COMPUTERNAME>-<pid>-<stdout|stderr>-<ms since 1970>.txt` (iisnode 0.2.26, interceptor.js). */
const fileName = /^(.*)-(\d+)-(stdout|stderr)-(\d+)\.txt$/;
/** Behind the name in web.config, for both streams: `_12244_2021723184914.log`. The time has no leading zeros (httpplatformhandler.md 9). */
const platformEnd = /^_(\d+)_\d+\.log$/;

/** A log, as its name and its folder have it. */
export interface LogFile {
  readonly path: string;
  readonly computer: string;
  readonly pid: number;
  readonly stream: 'stdout' | 'stderr';
  /** ms since 1970: its first line. */
  readonly begun: number;
  /** ms since 1970: its last line. */
  readonly changed: number;
}

/** What the name of a log says; `begun` is undefined where it says it in no certain way. */
export type Named = Pick<LogFile, 'computer' | 'pid' | 'stream'> & { readonly begun: number | undefined };

/** @param base How the names of HttpPlatformHandler's logs begin; undefined: names of iisnode. */
export function namedAs(name: string, base: string | undefined): Named | undefined {
  if (base !== undefined) {
    const isOwn = name.toLowerCase().startsWith(base.toLowerCase());
    const [, pid] = (isOwn && platformEnd.exec(name.slice(base.length))) || [];
    return pid === undefined ? undefined : { computer: '', pid: Number(pid), stream: 'stdout', begun: undefined };
  }
  const [, computer = '', pid = '', stream = '', begun = ''] = fileName.exec(name) ?? [];
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  return { computer, pid: Number(pid), stream, begun: Number(begun) };
}

/** Processes by their start, the files of one by their last change. */
export function inOrder<File extends LogFile>(files: readonly File[]): File[] {
  const processOf = ({ computer, pid }: LogFile): string => `${computer}-${pid}`;
  const begins = new Map<string, number>();
  for (const file of files) {
    begins.set(processOf(file), Math.min(begins.get(processOf(file)) ?? file.begun, file.begun));
  }
  const beginOf = (file: LogFile): number => begins.get(processOf(file)) ?? file.begun;
  return [...files].sort(
    (left, right) =>
      beginOf(left) - beginOf(right) ||
      left.pid - right.pid ||
      left.changed - right.changed ||
      (left.path < right.path ? -1 : 1),
  );
}

/** The lines of a part of a log. */
export function linesOfLog(text: string, { pid, stream, computer, path: file }: LogFile): LogLine[] {
  if (text === '') return [];
  const lines = linesOfOutput(text);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => ({ text: line, stream, pid, computer, file }));
}
