/** Has a text a line of at least `length` UTF-16 units? A pattern `[^\n]{5000}` begins again at every character. */
export function hasLongLine(text: string, length: number): boolean {
  let start = 0;
  while (text.length - start >= length) {
    const end = text.indexOf('\n', start);
    if (end < 0 || end - start >= length) return true;
    start = end + 1;
  }
  return false;
}
