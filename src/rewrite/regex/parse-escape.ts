import { literal } from './literal.js';
import type { Scanner } from './scanner.js';
import type { RegexNode } from './syntax.js';

const controls: Record<string, string> = { f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
/** Whether the class matches anything above U+007F. */
const classes: Record<string, boolean> = { d: false, w: false, s: true, D: true, W: true, S: true };

/** The part of an escape outside brackets, after the backslash. */
export function parseEscape(scanner: Scanner): RegexNode {
  const char = scanner.peek;
  if (char === 'b' || char === 'B') {
    scanner.at++;
    return { type: char === 'b' ? 'word' : 'notWord' };
  }
  if (char >= '1' && char <= '9') return parseBackReference(scanner);
  const set = parseClassEscape(scanner);
  if (set !== undefined) return { type: 'set', ...set };
  return literal(parseCharacterEscape(scanner));
}

/** `\d`, `\w`, `\s` and their opposites; undefined for anything else. */
export function parseClassEscape(scanner: Scanner): { source: string; nonAscii: boolean } | undefined {
  const nonAscii = classes[scanner.peek];
  return nonAscii === undefined ? undefined : { source: `\\${scanner.next()}`, nonAscii };
}

/** An escape for one character, after the backslash. */
export function parseCharacterEscape(scanner: Scanner): string {
  const start = scanner.at - 1;
  if (scanner.done) throw scanner.error('escape', 'the pattern ends in a backslash', start);
  const char = scanner.next();
  const control = controls[char];
  if (control !== undefined) return control;
  if (char === 'x') return hex(scanner, 2, start);
  if (char === 'u') return hex(scanner, 4, start);
  if (char === 'c' && /[A-Za-z]/.test(scanner.peek)) return String.fromCharCode(scanner.next().charCodeAt(0) % 32);
  if (char === '0' && !/[0-9]/.test(scanner.peek)) return '\0';
  // ECMAScript 3, IdentityEscape: any character that cannot be part of an identifier ("$" can be, but is allowed).
  if (!/[A-Za-z0-9_]/.test(char)) return char;
  const meaning = char === 'p' || char === 'P' ? ' (a Unicode property, which only newer engines have)' : '';
  throw scanner.error('escape', `"\\${char}" means nothing to URL Rewrite${meaning}`, start);
}

function hex(scanner: Scanner, length: number, start: number): string {
  const digits = scanner.pattern.slice(scanner.at, scanner.at + length);
  if (digits.length !== length || !/^[0-9A-Fa-f]+$/.test(digits)) {
    throw scanner.error('escape', `the escape at position ${start + 1} needs ${length} hexadecimal digits`, start);
  }
  scanner.at += length;
  return String.fromCharCode(Number.parseInt(digits, 16));
}

/** Forward references and references from inside the group are refused too: std::regex requires a closed group. */
function parseBackReference(scanner: Scanner): RegexNode {
  const start = scanner.at - 1;
  const index = Number(scanner.digits());
  if (!scanner.closed.has(index)) {
    throw scanner.error('backref', `\\${index} refers to a group that is not before it`, start);
  }
  return { type: 'backReference', index };
}
