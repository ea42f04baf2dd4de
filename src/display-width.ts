/** Characters without a column of their own: combining marks, joiners, and the marks of our palette. */
const narrowest = /^[\p{Mn}\p{Me}\p{Cf}\p{Noncharacter_Code_Point}]+$/u;

/** Characters of two columns (Unicode's East Asian Width W and F, and emoji). */
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]|\p{Emoji}\uFE0F/u;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a reader takes for one character each: a letter with its accents, an emoji of several parts. */
export const graphemesOf = (text: string): readonly string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

/** The number of columns that a text without control characters takes on a terminal. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return graphemesOf(text).reduce((sum, one) => sum + (wide.test(one) ? 2 : narrowest.test(one) ? 0 : 1), 0);
}

/**
 * Breaks a text at its spaces.
 *
 * @param width Columns of a line; a longer word has a line of its own.
 * @returns The lines, at least one.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let room = 0;
  for (const word of text.split(/[ \n]/)) {
    const needed = displayWidth(word);
    if (lines.length > 0 && needed + 1 <= room) {
      lines[lines.length - 1] += ` ${word}`;
      room -= needed + 1;
    } else {
      lines.push(word);
      room = width - needed;
    }
  }
  return lines.map((line) => line.trimEnd());
}
