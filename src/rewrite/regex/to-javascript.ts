import type { RegexNode } from './syntax.js';

/** The JavaScript source (flags none or `i`, never `u`) that is equivalent to the parsed pattern. */
export function toJavaScript(node: RegexNode): string {
  switch (node.type) {
    case 'empty':
      return '(?:)';
    case 'set':
      return node.source;
    case 'start':
      return '^';
    case 'end':
      return '$';
    case 'word':
      return '\\b';
    case 'notWord':
      return '\\B';
    case 'group':
      return `(${node.index === undefined ? '?:' : ''}${toJavaScript(node.body)})`;
    case 'look':
      return `(?${node.negate ? '!' : '='}${toJavaScript(node.body)})`;
    case 'backReference':
      // In a separate group, so that a digit after it stays a digit.
      return `(?:\\${node.index})`;
    case 'repeat':
      return `${toJavaScript(node.body)}${quantifier(node.min, node.max)}${node.greedy ? '' : '?'}`;
    case 'sequence':
      return node.items.map(toJavaScript).join('');
    case 'either':
      return node.branches.map(toJavaScript).join('|');
  }
}

function quantifier(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}
