/** Does a text match a pattern of `*` (any text) and `?` (one character)? Backtracks only to the last star, so no pattern takes long. */
export function wildcardMatches(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let afterStar = 0;
  while (at < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern++;
      afterStar = at;
    } else if (wanted === '?' || (wanted !== undefined && wanted === text[at])) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++afterStar;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

/** Does a file name match the file part of an entry of watchedFiles? As Windows compares: without case, and `*.*` is every name. */
export const watchedNameMatches = (pattern: string, name: string): boolean =>
  pattern === '*.*' || wildcardMatches(pattern.toLowerCase(), name.toLowerCase());
