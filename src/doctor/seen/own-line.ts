import path from 'node:path';
import type { FileFacts, Place } from '../types.js';

/** A line of a file of the app, as a stack names it on the server. */
export interface OwnLine {
  /** 'C:\site\server.js'. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** How much of a text after the message is its stack, and before it the line of a syntax error; in characters. */
const [after, before] = [4096, 600];

const frame =
  /\bat (?:[^\n(]{1,200}\()?(?:file:\/\/\/)?((?:[A-Za-z]:[\\/]|\/|\\\\)[^\n():*?"<>|]{1,260}):(\d{1,7}):(\d{1,7})\)?/g;
/** Above a syntax error: 'C:\site\server.js:12'. */
const heading = /^((?:[A-Za-z]:[\\/]|\/|\\\\)[^\n():*?"<>|]{1,260}):(\d{1,7})$/gm;
const foreign =
  /[\\/]node_modules[\\/]|^node:|[\\/]internal[\\/]|[\\/]interceptor\.js$|[\\/]iisnode-(?:entry|vdir)\.cjs$/i;

/** The first line of the app's own code in the stack of a message; undefined where there is none. */
export function ownLine(text: string, at: number): OwnLine | undefined {
  const above = [...text.slice(Math.max(0, at - before), at).matchAll(heading)].at(-1);
  if (above?.[1] !== undefined && !foreign.test(above[1])) return { file: above[1], line: Number(above[2]), column: 1 };
  for (const { 1: file = '', 2: line, 3: column } of text.slice(at, at + after).matchAll(frame))
    if (!foreign.test(file)) return { file, line: Number(line), column: Number(column) };
  return undefined;
}

/** The same line in the examined folder; undefined where it has no such file, or not so many lines. */
export function ownLinePlace({ file, line, column }: OwnLine, { folder }: FileFacts): Place | undefined {
  const segments = file.split(/[\\/]/).filter((segment) => segment !== '' && segment !== '..');
  for (let from = 0; from < segments.length; from += 1) {
    const name = segments.slice(from).join('/');
    if (!folder.isFile(name)) continue;
    const evidence = folder.read(name)?.split(/\r\n|\r|\n/)[line - 1];
    if (evidence === undefined) return undefined;
    const there = folder.spelling(name) ?? name;
    return {
      file: path.join(folder.root, there),
      line,
      column: Math.min(column, evidence.length + 1),
      evidence: evidence.slice(0, 400),
    };
  }
  return undefined;
}
