import { parseCharacterEscape, parseClassEscape } from './parse-escape.js';
import type { Scanner } from './scanner.js';
import type { RegexNode } from './syntax.js';

/** The members of POSIX classes in JavaScript syntax inside brackets (the "C" locale, C++'s default). */
const posixClasses: ReadonlyMap<string, string> = new Map([
  ['alnum', 'A-Za-z0-9'],
  ['alpha', 'A-Za-z'],
  ['blank', ' \\t'],
  ['cntrl', '\\x00-\\x1f\\x7f'],
  ['d', '0-9'],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', '!-\\/:-@\\[-`{-~'],
  ['s', '\\s'],
  ['space', '\\s'],
  ['upper', 'A-Z'],
  ['w', '\\w'],
  ['xdigit', '0-9A-Fa-f'],
]);

type Atom = { readonly char: string } | { readonly source: string; readonly nonAscii: boolean };

/** A bracket expression, after its `[`, translated into a JavaScript class. */
export function parseBracket(scanner: Scanner): RegexNode {
  const start = scanner.at - 1;
  const negate = scanner.eat('^');
  if (scanner.peek === ']') throw scanner.error('brack', 'an empty class [] is not allowed', start);
  let source = '';
  let nonAscii = negate;
  while (!scanner.eat(']')) {
    const first = parseAtom(scanner, start);
    const isRange = scanner.peek === '-' && scanner.pattern.charAt(scanner.at + 1) !== ']';
    if (!isRange) {
      source += 'char' in first ? member(first.char) : first.source;
      nonAscii ||= 'char' in first ? first.char > '\x7f' : first.nonAscii;
      continue;
    }
    const dash = scanner.at++;
    const last = parseAtom(scanner, start);
    if (!('char' in first) || !('char' in last) || first.char > last.char) {
      throw scanner.error(
        'range',
        `the range around position ${dash + 1} does not go from one character to a later one`,
      );
    }
    source += `${member(first.char)}-${member(last.char)}`;
    nonAscii ||= last.char > '\x7f';
  }
  return { type: 'set', source: `[${negate ? '^' : ''}${source}]`, nonAscii };
}

function parseAtom(scanner: Scanner, start: number): Atom {
  if (scanner.done) throw scanner.error('brack', `the "[" at position ${start + 1} is not closed`, start);
  if (scanner.peek === '[') {
    const posix = parsePosix(scanner);
    if (posix !== undefined) return posix;
  }
  const char = scanner.next();
  if (char !== '\\') return { char };
  const set = parseClassEscape(scanner);
  if (set !== undefined) return set;
  if (scanner.eat('b')) return { char: '\b' };
  return { char: parseCharacterEscape(scanner) };
}

/** `[:alpha:]`, `[.x.]`, `[=x=]` inside brackets; undefined when the `[` is only a character. */
function parsePosix(scanner: Scanner): Atom | undefined {
  const mark = scanner.pattern.charAt(scanner.at + 1);
  if (mark !== ':' && mark !== '.' && mark !== '=') return undefined;
  const from = scanner.at + 2;
  const end = scanner.pattern.indexOf(`${mark}]`, from);
  if (end < 0) throw scanner.error('brack', `the "[${mark}" at position ${scanner.at + 1} is not closed`);
  const name = scanner.pattern.slice(from, end);
  if (mark === ':') {
    const source = posixClasses.get(name.toLowerCase());
    if (source === undefined) throw scanner.error('ctype', `"${name}" is not a character class`);
    scanner.at = end + 2;
    return { source, nonAscii: source === '\\s' };
  }
  if (name.length !== 1) throw scanner.error('collate', `"${name}" is not a collating element`);
  scanner.at = end + 2;
  return { char: name };
}

function member(char: string): string {
  if (/[\w !"%&',:;<=>@`~]/.test(char)) return char;
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
