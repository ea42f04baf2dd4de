import { fileURLToPath } from 'node:url';
import { linesOfOutput } from '../../lines-of-output.js';
import { stackFrame } from '../../stack-frame.js';

/** A place in a file of the app. */
export interface CrashPlace {
  readonly file: string;
  /** From 1; undefined when only the file is known. */
  readonly line: number | undefined;
  /** Offset in characters from the start of the file, where node prints it instead of the line (JSON). */
  readonly position?: number;
}

/** Why a node process ended, from its stderr. */
export interface CrashReason {
  /** One line: `TypeError: x is not a function`; '' when stderr was empty. */
  readonly text: string;
  /** Where in the app it was thrown, or which file node could not read; undefined when no frame of the stack is in the app. */
  readonly place: CrashPlace | undefined;
  /** The package `require` did not find; not set for files. */
  readonly missingPackage: string | undefined;
}

const errorLine =
  /^(?:Uncaught )?(?:[\w.]*(?:Error|Exception|UnhandledPromiseRejection)\b(?: \[\w+\])?(?::|$)|FATAL ERROR: )/;
/** Node prints an error without a stack in brackets. */
const bracketed = /^\[([\w.]*(?:Error|Exception)\b.*)\](?: \{.*)?$/;
/** What node prints around an error, and indented lines: frames of the stack and properties of the error. */
const noise =
  /^(?:\s|\}|\^|$)|^Node\.js v\d|^Application has thrown an uncaught exception|^\(Use `node |^Require stack:|^- [/\\\w]|^node:|^-+ |^\d+: 0x|^Thrown at:/;
/** The first line of node's excerpt: the only place with the position of a syntax error. */
const excerpt = /^((?:file:\/\/\/?|[A-Za-z]:[\\/]|\/).*):(\d+)$/;
const anyExcerpt = /^\S.*:\d+$/;
const caret = /^\s*[\^~]+\s*$/;
const jsonError = /^SyntaxError(?: \[\w+\])?: (.+?\.json): /;
const longestText = 300;
const banner = /^Node\.js v\d/;
const interceptor = /[\\/]interceptor\.c?js$/;
/** Packages, and what wraps the app's calls: iisnode, the doctor's trial, the loader. */
const notTheApps =
  /[\\/]node_modules[\\/]|[\\/](?:interceptor\.c?js|trial-observer\.cjs|doctor[\\/]trial[\\/]observer\.cjs|iisnode-(?:entry|vdir)\.cjs)$/;

/** Reads the end of a node process's stderr: the error that ended the process, else the last error in it, else the last line. */
export function crashReason(stderr: string): CrashReason {
  const lines = linesOfOutput(stderr);
  const at = fatalLine(lines) ?? lines.findLastIndex((line) => errorLine.test(line) || bracketed.test(line));
  if (at < 0) {
    const last = lines.findLast((line) => !noise.test(line)) ?? '';
    return { text: last.trim(), place: undefined, missingPackage: undefined };
  }
  const first = (lines[at] ?? '').replace(/^Uncaught /, '').trim();
  const text = bracketed.exec(first)?.[1] ?? first;
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(text)?.[1];
  return {
    text: sentence(text, lines.slice(at + 1)),
    place: crashPlaceAt(text, lines, at),
    missingPackage: missing === undefined || /^(?:[./\\]|[A-Za-z]:|file:)/.test(missing) ? undefined : missing,
  };
}

/**
 * The line of the error in node's output for an uncaught exception: an excerpt (place, code, caret), the error, then node's
 * version. The thrown value is printed there, also when it does not look like an error.
 */
function fatalLine(lines: readonly string[]): number | undefined {
  const end = lines.findLastIndex((line) => line.trim() !== '');
  if (end < 0 || !banner.test(lines[end] ?? '')) return undefined;
  for (let index = end - 3; index >= 0; index--) {
    if (!anyExcerpt.test(lines[index] ?? '') || !caret.test(lines[index + 2] ?? '')) continue;
    const at = lines.findIndex((line, place) => place > index + 2 && line.trim() !== '');
    return at < end ? at : undefined;
  }
  return undefined;
}

function crashPlaceAt(text: string, lines: readonly string[], at: number): CrashPlace | undefined {
  if (text.startsWith('SyntaxError')) {
    // The frames are those of the module that loaded the file; the file itself is in the excerpt or in the message.
    return excerptAbove(lines, at, interceptor) ?? brokenJson(text, lines, at) ?? thrownAt(lines, at);
  }
  return (
    thrownAt(lines, at) ??
    fileOf(/ imported from (.+?)$/.exec(text)?.[1]) ??
    fileOf(/Invalid package config (.+?\.json)/.exec(text)?.[1]) ??
    excerptAbove(lines, at, notTheApps)
  );
}

function thrownAt(lines: readonly string[], at: number): CrashPlace | undefined {
  for (const line of lines.slice(at + 1)) {
    if (errorLine.test(line) || banner.test(line)) return undefined;
    const place = placeIn(stackFrame.exec(line), notTheApps);
    if (place !== undefined) return place;
  }
  return undefined;
}

function excerptAbove(lines: readonly string[], at: number, but: RegExp): CrashPlace | undefined {
  for (let index = at - 1; index >= Math.max(0, at - 6); index--) {
    const place = placeIn(excerpt.exec(lines[index] ?? ''), but);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** `SyntaxError: /app/config.json: Unexpected token ... in JSON at position 12 (line 2 column 3)`, maybe over several lines. */
function brokenJson(text: string, lines: readonly string[], at: number): CrashPlace | undefined {
  const file = fileOf(jsonError.exec(text)?.[1])?.file;
  if (file === undefined) return undefined;
  const message = `${text}\n${messageBelow(lines.slice(at + 1)).join('\n')}`;
  const line = /\(line (\d+) column \d+\)/.exec(message)?.[1];
  const position = / in JSON at position (\d+)/.exec(message)?.[1];
  return {
    file,
    line: line === undefined ? undefined : Number(line),
    ...(position !== undefined && { position: Number(position) }),
  };
}

/** The lines of a message after the first, if stack frames show where it ends. */
function messageBelow(after: readonly string[]): readonly string[] {
  const end = after.findIndex((line) => /^\s+at /.test(line));
  return after.slice(0, Math.max(0, end));
}

function fileOf(name: string | undefined): CrashPlace | undefined {
  if (name === undefined || !/^(?:file:|[A-Za-z]:[\\/]|\/)/.test(name) || notTheApps.test(name)) return undefined;
  return { file: name.startsWith('file:') ? pathOf(name) : name, line: undefined };
}

function placeIn(match: RegExpExecArray | null, but: RegExp): CrashPlace | undefined {
  const [, name = '', line] = match ?? [];
  if (name === '' || but.test(name)) return undefined;
  return { file: name.startsWith('file:') ? pathOf(name) : name, line: Number(line) };
}

const rejected = 'The promise rejected with the reason "';

/** The message in one line, with what is needed from the lines below to understand it. */
function sentence(text: string, after: readonly string[]): string {
  const at = text.startsWith('UnhandledPromiseRejection: ') ? text.lastIndexOf(rejected) : -1;
  if (at >= 0) {
    const reason = text.slice(at + rejected.length).replace(/"?\.?$/, '');
    return `UnhandledPromiseRejection: a promise was rejected with "${reason}" and nothing handled it`;
  }
  const below = messageBelow(after).filter((line) => line.trim() !== '');
  // V8 quotes a piece of the file, with its line breaks.
  if (jsonError.test(text)) return [text, ...below].join(' ').replace(/\s+/g, ' ').slice(0, longestText);
  // The values that an assertion compared.
  if (text.endsWith(':') && below[0] !== undefined) return `${text} ${below[0].trim()}`;
  return text + nestedReason(text, after);
}

/** The errors inside an AggregateError say what happened; its own message is often empty. */
function nestedReason(text: string, after: readonly string[]): string {
  if (!text.startsWith('AggregateError')) return '';
  const inner = after.filter((line) => /^ {4}(?! ).*Error\b/.test(line) && !/^\s+at /.test(line));
  const said = [...new Set(inner.map((line) => line.trim().replace(/(?:,| \{)$/, '')))];
  return said.length === 0 ? '' : ` (${said.slice(0, 3).join('; ')}${said.length > 3 ? '; and more' : ''})`;
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch {
    return url; // file URL of another platform
  }
}
