/** The offset after spaces and tabs. */
export function skipBlanks(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** True at a line break and at the end of the text. */
export function isLineEnd(text: string, offset: number): boolean {
  return offset >= text.length || text[offset] === '\n' || text[offset] === '\r';
}

/** The offset at which the line of `offset` starts. */
function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && !isLineEnd(text, at - 1)) at--;
  return at;
}

/** The offset of the line break that ends the line above the one of `offset`. */
export function endOfLineAbove(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return start - (text.endsWith('\r\n', start) ? 2 : 1);
}

/** The white space before `offset` when nothing else is before it on its line; undefined otherwise. */
export function ownLineIndent(text: string, offset: number): string | undefined {
  let at = offset;
  // Reads only the spaces: a file may be one long line.
  while (text[at - 1] === ' ' || text[at - 1] === '\t') at--;
  return at === 0 || isLineEnd(text, at - 1) ? text.slice(at, offset) : undefined;
}

/** The white space at the start of the line of `offset`. */
export function lineIndent(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return text.slice(start, Math.min(offset, skipBlanks(text, start)));
}

/**
 * The end of the line of a tag that ends at `offset`: after spaces and one comment, which belongs to the tag. When more
 * follows, `isEnd` is false and `offset` is where that starts.
 */
export function restOfLine(text: string, offset: number): { readonly offset: number; readonly isEnd: boolean } {
  const blanks = skipBlanks(text, offset);
  const isComment = text.startsWith('<!--', blanks);
  const behind = isComment ? skipBlanks(text, text.indexOf('-->', blanks + 4) + 3) : blanks;
  return { offset: behind, isEnd: isLineEnd(text, behind) };
}

/** Goes up from an element on its own line over the comments directly above it. */
export function aboveComments(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    const close = endOfLineAbove(text, at);
    if (!text.endsWith('-->', close)) return at;
    const start = text.lastIndexOf('<!--', close - 4);
    // Text may also end in -->, and CDATA and instructions may contain <!--.
    const isComment = start >= 0 && text.indexOf('-->', start + 4) + 3 === close;
    if (!isComment || /\]\]>|\?>/.test(text.slice(start, close))) return at;
    if (ownLineIndent(text, start) === undefined) return at;
    at = start;
  }
}
