import type { RegexNode } from './syntax.js';

/** A node for one literal character. ASCII nodes are created once, because patterns have many of them. */
export function literal(char: string): RegexNode {
  const code = char.charCodeAt(0);
  return ascii[code] ?? make(char);
}

const make = (char: string): RegexNode => ({ type: 'set', source: literalSource(char), nonAscii: char > '\x7f' });

function literalSource(char: string): string {
  if (/[\^$\\.*+?()[\]{}|/]/.test(char)) return `\\${char}`;
  if (/[\n\r\u2028\u2029\ud800-\udfff]/.test(char)) return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return char;
}

const ascii: readonly RegexNode[] = Array.from({ length: 128 }, (_, code) => make(String.fromCharCode(code)));
