import type { ParsedRegex, RegexNode } from './syntax.js';

/**
 * Does the pattern begin with `.*` or an equivalent? If such a pattern fails at one position, it fails at every later position of
 * the same line, so the search can skip them. This is not true with back-references: they depend on where a group started.
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

/** The offset after the line of `index`, with lines as `.` defines them; past the end of the input for the last line. */
export function nextLine(input: string, index: number): number {
  for (let at = index; at < input.length; at++) {
    const code = input.charCodeAt(at);
    if (code === 10 || code === 13 || code === 0x2028 || code === 0x2029) return at + 1;
  }
  return input.length + 1;
}
