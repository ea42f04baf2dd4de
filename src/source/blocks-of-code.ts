/** A part of a text in braces: from `{` to behind its `}`. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

/** What matters to braces: they themselves, and what may contain one that is none. */
const marks = /["'`{}()/]/g;
const regularExpression = /\/(?:[^\\/[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//y;
/** In front of a slash: the word or the sign that a regular expression follows, not a division. */
const expectsValue =
  /(?:^|[=(,:;!&|?{}[~^%*<>]|[^+]\+|[^-]-|\b(?:return|typeof|case|in|of|instanceof|new|delete|void|throw|do|else|await|yield))\s*$/;
const condition = /\b(?:if|while|for|with)\s*$/;

/** The end of a string, behind its quote; -1 where it has none. */
function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = text.indexOf(quote, start + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    let escapes = 0;
    while (text.charAt(at - 1 - escapes) === '\\') escapes += 1;
    if (escapes % 2 === 0) return at + 1;
  }
  return -1;
}

/** The end of the text of a template from `start`: behind its backtick, or behind the `${` of an expression in it. */
function endOfTemplate(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '\\') at += 1;
    else if (sign === '`') return at + 1;
    else if (sign === '$' && text.charAt(at + 1) === '{') return at + 2;
  }
  return -1;
}

/** The end of what a slash begins: a comment, a regular expression, or a division. */
function endOfSlash(text: string, start: number, isBehindCondition: boolean): number {
  const next = text.charAt(start + 1);
  if (next === '/') return endOr(text.indexOf('\n', start), text.length);
  if (next === '*') return endOr(text.indexOf('*/', start + 2) + 2, -1, 1);
  const before = text.slice(Math.max(start - 20, 0), start);
  if (!isBehindCondition && !expectsValue.test(before)) return start + 1;
  regularExpression.lastIndex = start;
  return regularExpression.test(text) ? regularExpression.lastIndex : -1;
}

const endOr = (found: number, otherwise: number, least = -1): number => (found > least ? found : otherwise);

interface Open {
  readonly sign: string;
  readonly at: number;
  readonly isCondition: boolean;
}

/**
 * The blocks of JavaScript in a text, the outermost ones only, in the order of the text. Reads signs, not the grammar: much faster than
 * a parser, which has to accept what comes of it.
 *
 * @param least Smaller blocks do not count.
 * @param isOpened Of such a block those in it count instead of itself.
 * @returns undefined where braces or quotes do not match.
 */
export function outermostBlocks(
  text: string,
  least: number,
  isOpened: (block: Block) => boolean,
): readonly Block[] | undefined {
  const open: Open[] = [];
  const found: Block[] = [];
  let closedCondition = -1;
  marks.lastIndex = 0;
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    const { 0: sign, index: at } = match;
    let next = at + 1;
    if (sign === '"' || sign === "'") next = endOfString(text, at);
    else if (sign === '`') next = endOfTemplate(text, at + 1);
    else if (sign === '/')
      next = endOfSlash(text, at, closedCondition >= 0 && /^\s*$/.test(text.slice(closedCondition, at)));
    else if (sign === '{' || sign === '(') {
      const isCondition = sign === '(' && condition.test(text.slice(Math.max(at - 8, 0), at));
      open.push({ sign, at, isCondition });
    } else {
      const last = open.pop();
      if (last === undefined || (last.sign === '(') !== (sign === ')')) return undefined;
      if (last.isCondition) closedCondition = at + 1;
      if (last.sign === '${') next = endOfTemplate(text, at + 1);
      else if (sign === '}') keepOutermost(found, { start: last.at, end: at + 1 }, least, isOpened);
    }
    if (next < 0) return undefined;
    if (text.startsWith('${', next - 2) && (sign === '`' || sign === '}') && next - at > 1)
      open.push({ sign: '${', at, isCondition: false });
    marks.lastIndex = next;
  }
  return open.length > 0 ? undefined : found;
}

/** A block takes the place of those in it, which end before it does. */
function keepOutermost(found: Block[], block: Block, least: number, isOpened: (block: Block) => boolean): void {
  if (block.end - block.start < least || isOpened(block)) return;
  while ((found.at(-1)?.start ?? -1) > block.start) found.pop();
  found.push(block);
}
