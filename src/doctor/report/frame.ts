import stringWidth from 'fast-string-width';
import { printable } from '../../printable.js';
import type { Finding } from '../types.js';
import type { Palette } from './palette.js';

/** A part of a line as it is shown. */
interface Cell {
  readonly shown: string;
  readonly width: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One cell for what a reader takes for a character: a letter with its accents, an emoji of several parts. */
const cellsOf = (text: string): readonly Cell[] =>
  [...segmenter.segment(text)].map(({ segment: one }) => {
    const shown = one === '\t' ? '  ' : printable(one);
    return { shown, width: stringWidth(shown) };
  });
const widthOf = (cells: readonly Cell[]): number => cells.reduce((sum, { width }) => sum + width, 0);
const textOf = (cells: readonly Cell[]): string => cells.map(({ shown }) => shown).join('');

/** What stands for a part of a line that is not shown. */
const cut: Cell = { shown: '..', width: 2 };

/**
 * The line of a finding, with a caret below its column; nothing where the line is unknown. Indentation is left out, and of a long line
 * all but the part around the column.
 *
 * @param width Columns of the terminal.
 */
export function codeFrame(finding: Finding, colours: Palette, width: number): readonly string[] {
  const { evidence, line, column } = finding;
  if (evidence === undefined || evidence.trim() === '' || line === undefined || column === undefined) return [];
  const at = Math.max(0, (finding.evidenceColumn ?? column) - 1);
  const indent = Math.min(/^[ \t]*/.exec(evidence)?.[0].length ?? 0, at);
  const number = `${line} | `;
  const room = Math.max(16, width - 4 - number.length);
  // More than fits is not looked at: a line may be a megabyte.
  const from = Math.max(indent, at - 2 * room);
  const before = shortened(
    cellsOf(evidence.slice(from, at)),
    from > indent,
    Math.floor(room / 3),
    room,
    evidence.length - at,
  );
  const caret = widthOf(before);
  const behind = fitting(cellsOf(evidence.slice(at, at + 2 * room)), room - caret, evidence.length > at + 2 * room);
  const lines = [`    ${colours.dim(number)}${textOf([...before, ...behind])}`];
  if (behind.length > 0) lines.push(`    ${' '.repeat(number.length + caret)}${colours.error('^')}`);
  return lines;
}

/** The end of what is in front of the column: all of it where the line has room, else so much of it. */
function shortened(cells: readonly Cell[], isCut: boolean, part: number, room: number, rest: number): readonly Cell[] {
  if (!isCut && (widthOf(cells) + rest <= room || widthOf(cells) <= part)) return cells;
  const kept: Cell[] = [];
  let left = Math.max(part, room - rest) - cut.width;
  for (const cell of cells.toReversed()) {
    left -= cell.width;
    if (left < 0) return [cut, ...kept.toReversed()];
    kept.push(cell);
  }
  return isCut ? [cut, ...cells] : cells;
}

/** The beginning of what is at and behind the column, in this room. */
function fitting(cells: readonly Cell[], room: number, isCut: boolean): readonly Cell[] {
  if (!isCut && widthOf(cells) <= room) return cells;
  const kept: Cell[] = [];
  let left = room - cut.width;
  for (const cell of cells) {
    left -= cell.width;
    if (left < 0) break;
    kept.push(cell);
  }
  return [...kept, cut];
}
