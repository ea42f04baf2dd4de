/**
 * Text without what repeats at its end or start. A pattern such as /\/+$/ begins again at each character of a run that is not at the
 * end, and takes the square of its length: these take the length alone.
 */

/** Without these characters at its end: `withoutEnd('/a//', '/')` is '/a'. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Without these characters at its start. */
export function withoutStart(text: string, characters: string): string {
  let start = 0;
  while (start < text.length && characters.includes(text.charAt(start))) start += 1;
  return text.slice(start);
}

/** What stands before the first of these characters; all of it where there is none: `upTo('/a?b', '?#')` is '/a'. */
export function upTo(text: string, characters: string): string {
  for (let at = 0; at < text.length; at += 1) if (characters.includes(text.charAt(at))) return text.slice(0, at);
  return text;
}

/** In one line: each line end becomes a blank, with the blanks around it. */
export function inOneLine(text: string): string {
  const [first = '', ...others] = text.split('\n');
  const last = others.pop();
  if (last === undefined) return text;
  const between = others.map((line) => line.trim()).filter((line) => line !== '');
  return [first.trimEnd(), ...between, last.trimStart()].join(' ');
}
