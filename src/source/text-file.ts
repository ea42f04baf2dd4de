/** A text as read from disk: lines and columns count from 1, offsets (UTF-16 units) from 0. */
export interface TextFile {
  /** Absolute path. */
  readonly file: string;
  readonly text: string;
}

/** A position in a file for a finding. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Its line, for the report; of a long one, the part around the position. */
  readonly evidence: string;
  /** The position in `evidence`, from 1, where that is a part of the line. */
  readonly evidenceColumn?: number;
}

/** Longest line shown as evidence; a minified bundle is one line of a megabyte. */
const longestEvidence = 160;
/** How much is shown of a longer one, and how much of that is in front of the position. */
const shownPart = 80;
const shownBefore = 20;

/** Line, column and the line's text at an offset. `\r\n`, `\n` and `\r` end a line. */
export function placeAt(source: TextFile, offset: number): Place {
  const before = source.text.slice(0, offset);
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const ends = source.text.slice(start).search(/[\r\n]/);
  const line = source.text.slice(start, ends < 0 ? undefined : start + ends);
  return {
    file: source.file,
    line: before.split(/\r\n|\r|\n/).length,
    column: offset - start + 1,
    ...(line.length > longestEvidence ? partOf(line, offset - start) : { evidence: line }),
  };
}

function partOf(line: string, at: number): Pick<Place, 'evidence' | 'evidenceColumn'> {
  const from = Math.max(at - shownBefore, 0);
  const to = Math.min(from + shownPart, line.length);
  const begin = from > 0 ? '..' : '';
  return {
    evidence: `${begin}${line.slice(from, to)}${to < line.length ? '..' : ''}`,
    evidenceColumn: begin.length + at - from + 1,
  };
}
