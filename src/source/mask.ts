/** Same length, newlines kept: what stands there no longer counts. */
export const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');

const comment = /\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
/** One that is not closed ends with its line: an apostrophe in the text of a page is none. */
const quoted = /'(?:\\[^\r\n]|[^'\\\r\n])*'?|"(?:\\[^\r\n]|[^"\\\r\n])*"?/y;
const template = /`(?:\\[\s\S]|[^`\\])*(?:`|$)/y;

/**
 * Code without its comments and without what stands in quotes (the quotes stay): brackets and words found in it are code.
 * As near as one gets without parsing; regular expressions are not told from divisions.
 */
export function maskOf(code: string): string {
  let mask = '';
  while (mask.length < code.length) {
    const at = mask.length;
    const found = taken(comment, code, at) ?? taken(quoted, code, at) ?? taken(template, code, at);
    if (found === undefined) mask += code[at];
    else if (found.startsWith('/') || found.length < 2) mask += blank(found);
    else mask += found.charAt(0) + blank(found.slice(1, -1)) + found.slice(-1).replace(/[^'"`\r\n]/, ' ');
  }
  return mask;
}

function taken(pattern: RegExp, code: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** The offset behind the bracket that closes the one at `start` of a mask; undefined when none does. */
export function behindBracket(mask: string, start: number): number | undefined {
  const open: string[] = [];
  for (let at = start; at < mask.length; at += 1) {
    const character = mask.charAt(at);
    const mate = closing[character];
    if (mate !== undefined) open.push(mate);
    else if (/[)\]}]/.test(character) && open.pop() !== character) return undefined;
    if (open.length === 0) return at + 1;
  }
  return undefined;
}

/** The offset behind the type arguments that start at `start`: `<A, (b: B) => void>`; `start` itself when there are none. */
export function behindTypes(mask: string, start: number): number {
  let depth = 0;
  for (let at = start; at < mask.length && mask.charAt(start) === '<'; at += 1) {
    if (mask.charAt(at) === '<') depth += 1;
    if (mask.charAt(at) === '>' && mask.charAt(at - 1) !== '=') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return start;
}
