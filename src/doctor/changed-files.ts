import path from 'node:path';
import { structuredPatch } from 'diff';
import { fileLimits, readIfThereSync } from '../files/index.js';
import { textOfBytes } from './text-of-bytes.js';

/** A file that a fix changed. */
export interface ChangedFile {
  /** Absolute. */
  readonly file: string;
  /** Its new or changed lines, from 1; where lines were only removed, the line after them. */
  readonly lines: readonly number[];
  /** As `diff -u` prints it. */
  readonly diff: string;
}

/** What differs between the former bytes of files and what they are now; files that are as before are not among them. */
export function changesSince(former: ReadonlyMap<string, Uint8Array>): readonly ChangedFile[] {
  return [...former].flatMap(([file, before]) => {
    const after = readIfThereSync(file, fileLimits.config) ?? Buffer.alloc(0);
    if (after.equals(before)) return [];
    const name = path.basename(file);
    const { hunks } = structuredPatch(name, name, textOfBytes(before), textOfBytes(after), '', '', { context: 3 });
    const lines: number[] = [];
    const said = [`--- ${name}`, `+++ ${name}`];
    for (const hunk of hunks) {
      said.push(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines);
      let line = hunk.newStart;
      for (const each of hunk.lines) {
        if (each.startsWith('+') || (each.startsWith('-') && !lines.includes(line))) lines.push(line);
        if (!each.startsWith('-') && !each.startsWith('\\')) line += 1;
      }
    }
    return [{ file, lines: [...new Set(lines)], diff: `${said.join('\n')}\n` }];
  });
}
