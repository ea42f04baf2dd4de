import { fileURLToPath } from 'node:url';

/** Why a node process ended, as far as its stderr tells. */
export interface CrashReason {
  /** One line: `TypeError: x is not a function`; '' when it said nothing. */
  readonly text: string;
  /** Where in the app it was thrown; undefined when no frame of the stack is the app's. */
  readonly place: { readonly file: string; readonly line: number } | undefined;
  /** The package `require` did not find; not set for files. */
  readonly missingPackage: string | undefined;
}

const errorLine = /^(?:Uncaught )?(?:[\w.]*(?:Error|Exception)\b(?: \[\w+\])?(?::|$)|FATAL ERROR: )/;
/** What node prints around an error, and what is indented: frames of the stack and properties of the error. */
const noise =
  /^(?:\s|\}|\^|$)|^Node\.js v\d|^Application has thrown an uncaught exception|^\(Use `node |^Require stack:|^- [/\\\w]|^node:|^-+ |^\d+: 0x|^Thrown at:/;
const frame = /^\s+at (?:.*\()?((?:file:\/\/\/?|[A-Za-z]:[\\/]|\/)[^()]*):(\d+):\d+\)?,?$/;
/** The head of node's own excerpt: the place of a syntax error is there alone. */
const excerpt = /^((?:file:\/\/\/?|[A-Za-z]:[\\/]|\/).*):(\d+)$/;
const notTheApps = /[\\/]node_modules[\\/]|[\\/]interceptor\.(?:c?js)$/;

/** Reads the end of what a node process wrote to stderr: the last error in it, else its last line. */
export function crashReason(stderr: string): CrashReason {
  const lines = stderr.split(/\r*\n/);
  const at = lines.findLastIndex((line) => errorLine.test(line));
  if (at < 0) {
    const last = lines.findLast((line) => !noise.test(line)) ?? '';
    return { text: last.trim(), place: undefined, missingPackage: undefined };
  }
  const text = (lines[at] ?? '').replace(/^Uncaught /, '').trim();
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(text)?.[1];
  return {
    text,
    place: thrownAt(lines, at) ?? excerptAbove(lines, at),
    missingPackage: missing === undefined || /^(?:[./\\]|[A-Za-z]:|file:)/.test(missing) ? undefined : missing,
  };
}

function thrownAt(lines: readonly string[], at: number): CrashReason['place'] {
  for (const line of lines.slice(at + 1)) {
    if (errorLine.test(line)) return undefined;
    const place = placeIn(frame.exec(line));
    if (place !== undefined) return place;
  }
  return undefined;
}

function excerptAbove(lines: readonly string[], at: number): CrashReason['place'] {
  for (let index = at - 1; index >= Math.max(0, at - 6); index--) {
    const place = placeIn(excerpt.exec(lines[index] ?? ''));
    if (place !== undefined) return place;
  }
  return undefined;
}

function placeIn(match: RegExpExecArray | null): CrashReason['place'] {
  const [, name = '', line] = match ?? [];
  if (name === '' || notTheApps.test(name)) return undefined;
  return { file: name.startsWith('file:') ? pathOf(name) : name, line: Number(line) };
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url; // a file URL of another platform
  }
}
