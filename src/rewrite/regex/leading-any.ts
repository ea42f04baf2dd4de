import type { ParsedRegex, RegexNode } from './syntax.js';

/**
 * Does the pattern begin with `.*` or the like? Where such a pattern fails it fails at every later place of the same
 * line too, so that searching need not try there. Not so with back-references: they look at where a group began.
 */
export function leadsWithAnything({ root }: ParsedRegex): boolean {
  return beginsWithAnything(root) && !hasBackReference(root);
}

function beginsWithAnything(node: RegexNode): boolean {
  switch (node.type) {
    case 'group':
      return beginsWithAnything(node.body);
    case 'sequence':
      return node.items[0] !== undefined && beginsWithAnything(node.items[0]);
    case 'repeat':
      return node.max === Number.POSITIVE_INFINITY && node.body.type === 'set' && node.body.source === '.';
    default:
      return false;
  }
}

function hasBackReference(node: RegexNode): boolean {
  switch (node.type) {
    case 'group':
    case 'look':
    case 'repeat':
      return hasBackReference(node.body);
    case 'sequence':
      return node.items.some(hasBackReference);
    case 'either':
      return node.branches.some(hasBackReference);
    default:
      return node.type === 'backReference';
  }
}

/** The offset behind the line that `index` is in, as `.` sees lines; past the end of the input when it is the last. */
export function nextLine(input: string, index: number): number {
  for (let at = index; at < input.length; at++) {
    const code = input.charCodeAt(at);
    if (code === 10 || code === 13 || code === 0x2028 || code === 0x2029) return at + 1;
  }
  return input.length + 1;
}
