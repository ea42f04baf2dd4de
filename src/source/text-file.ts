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

/** Where the lines of a text start. A page may have thousands of places, and each would read all lines before it. */
const startsOfLines = new WeakMap<TextFile, readonly number[]>();

function startsIn(source: TextFile): readonly number[] {
  const known = startsOfLines.get(source);
  if (known) return known;
  const starts = [0, ...[...source.text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: end }) => index + end.length)];
  startsOfLines.set(source, starts);
  return starts;
}

/** The number of the starts that are not behind an offset. */
function countUpTo(starts: readonly number[], offset: number): number {
  let [low, high] = [1, starts.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle - 1] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The offset of a line and column, both from 1; at most the end of the line. */
export function offsetAt(source: TextFile, line: number, column: number): number {
  const starts = startsIn(source);
  const start = starts[line - 1] ?? source.text.length;
  const next = starts[line];
  return Math.min(start + column - 1, next === undefined ? source.text.length : next - 1);
}

/** Line, column and the line's text at an offset. `\r\n`, `\n` and `\r` end a line. */
export function placeAt(source: TextFile, offset: number): Place {
  const starts = startsIn(source);
  const number = countUpTo(starts, offset);
  const start = starts[number - 1] ?? 0;
  const line = source.text.slice(start, starts[number]).replace(/\r\n$|[\r\n]$/, '');
  return {
    file: source.file,
    line: number,
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
