import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileLimits, openRegularFile, readFile } from '../files/index.js';
import { linesOfOutput } from '../lines-of-output.js';
import { printable } from '../printable.js';
import type { DeployPlan } from './plan.js';

/** What the app or the host has logged since a point in time. */
export interface AppReason {
  /** One line. */
  readonly why: string;
  /** What to do, when that is known. */
  readonly next: string | undefined;
}

/** Remembers the current end of a log; `since` returns what was written after it. */
export async function markLog(file: string): Promise<{ since(): Promise<string> }> {
  const start = await sizeOf(file);
  return {
    async since() {
      const size = await sizeOf(file);
      const from = size < start ? 0 : start; // a new file was started because it was too large
      if (size === from) return '';
      const { handle } = await openRegularFile(file);
      try {
        const bytes = Buffer.alloc(size - from);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        return bytes.subarray(0, bytesRead).toString('utf8');
      } finally {
        await handle.close();
      }
    },
  };
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

/** The end of a process that nothing asked to end. */
export const endOfProcess = 'PROCESS_EXITED';

/** The last error in the host's log that is about the app: `TIME error CODE  message  FILE:LINE`, the place or its line may be missing. */
export function reasonInHostLog(
  text: string,
  plan: DeployPlan,
  isWanted: (code: string) => boolean = () => true,
): AppReason | undefined {
  const said = text
    .split(/\r?\n/)
    .filter((line) => {
      const [, code] = / error ([A-Z_]+) {2}/.exec(line) ?? [];
      return code !== undefined && isWanted(code) && mentions(line, printable(plan.directory));
    })
    .at(-1);
  if (said === undefined) return undefined;
  const line = said.slice(said.search(/ error [A-Z_]+ {2}/)).replace(/^ error [A-Z_]+ {2}/, '');
  const [message, place] = withPlace(line);
  const install = message.search(/; run (?:npm|pnpm|yarn|bun) (?:install|add) (?:\S+ )?in ./);
  const why = install < 0 ? message : message.slice(0, install);
  return {
    why: place === undefined ? why : `${why} (${place})`,
    next: install < 0 ? undefined : message.slice(install + 2),
  };
}

/** `MESSAGE  FILE:LINE`: the last two blanks that a path is behind part them. */
function withPlace(line: string): readonly [message: string, place: string | undefined] {
  for (let at = line.lastIndexOf('  '); at >= 0; at = at === 0 ? -1 : line.lastIndexOf('  ', at - 1)) {
    if (/^(?:[A-Za-z]:)?[\\/]/.test(line.slice(at + 2, at + 5))) return [line.slice(0, at), line.slice(at + 2)];
  }
  return [line, undefined];
}

/** /apps/dante must not match /apps/dante2. */
function mentions(line: string, directory: string): boolean {
  for (let at = line.indexOf(directory); at >= 0; at = line.indexOf(directory, at + 1)) {
    const follows = line[at + directory.length];
    if (follows === undefined || /[\\/:\s]/.test(follows)) return true;
  }
  return false;
}

/**
 * The error a node process wrote to its stderr since `began` (ms since 1970): iisnode keeps it in
 * `<COMPUTERNAME>-<pid>-stderr-<ms since 1970>.txt` (iisnode 0.2.26, interceptor.js).
 */
export async function reasonInStderr(logDirectory: string | undefined, began: number): Promise<AppReason | undefined> {
  if (logDirectory === undefined) return undefined;
  const names = await readdir(logDirectory).catch(() => []);
  const files = names.filter((name) => Number(/-stderr-(\d+)\.txt$/.exec(name)?.[1] ?? 0) >= began).sort();
  for (const name of files.reverse()) {
    const text = await readFile(path.join(logDirectory, name), fileLimits.config).then(String, () => '');
    const error = linesOfOutput(text).find((line) => /^\s*(Uncaught\s+)?\w*Error\b/.test(line));
    if (error !== undefined) return { why: `node wrote: ${error.trim()}`, next: undefined };
  }
  return undefined;
}
