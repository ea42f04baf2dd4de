/** Sequences of colours (ECMA-48: SGR) take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with ESC
const colour = /\u001B\[[\d;]*m/g;

/**
 * The lines that a window has room for, each with its wrapped rest: the first ones, and always the last. A screen that is drawn again from
 * its top must not scroll: each drawing would leave a copy of its first lines above.
 * @param rows Of the window; the cursor needs one of them.
 */
export function fitting(lines: readonly string[], rows: number, columns: number): readonly string[] {
  const height = (line: string): number => Math.max(1, Math.ceil(line.replace(colour, '').length / columns));
  const total = lines.reduce((sum, line) => sum + height(line), 0);
  if (total < rows) return lines;
  const last = lines.slice(-1);
  // The note and the cursor.
  let room = rows - 2 - last.reduce((sum, line) => sum + height(line), 0);
  const kept: string[] = [];
  for (const line of lines.slice(0, -1)) {
    room -= height(line);
    if (room < 0) break;
    kept.push(line);
  }
  const left = lines.length - kept.length - last.length;
  return [...kept, `... ${left} more ${left === 1 ? 'line' : 'lines'} in a taller window`, ...last];
}
