/** The marks of colours take no room. */
const mark = /[\uFDD0-\uFDEF]/g;
/** What stands before the text of a table's row. */
const beforeText = /^(?:\S+(?: \S+)*)? {2,}/;

/**
 * A line in the lines of a window, broken at blanks; what follows is indented as the text of the row, and a bit more. A word that is wider than the
 * window is left to it.
 */
export function wrapped(line: string, columns: number): readonly string[] {
  const whole = widthOf(line);
  if (whole <= columns || /[\r\n]/.test(line)) return [line];
  const plain = line.replace(mark, '');
  const text = beforeText.exec(plain)?.[0].length ?? 0;
  const indent = text + 2 > columns / 2 ? 4 : text + 2;
  const lines: string[] = [];
  let current = '';
  // Blanks in a row belong to the word behind them: they are dropped where a line begins.
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current.trim() === '' || widthOf(current + word) <= columns) current += word;
    else {
      lines.push(current);
      current = ' '.repeat(indent) + word.trimStart();
    }
  }
  return [...lines, current];
}

const widthOf = (text: string): number => text.replace(mark, '').length;
