import { literal } from './literal.js';
import { parseBracket } from './parse-bracket.js';
import { parseEscape } from './parse-escape.js';
import { Scanner } from './scanner.js';
import type { ParsedRegex, RegexNode } from './syntax.js';

/** Deeper nesting is refused: the parser recurses, and std::regex has a lower limit. */
const maxDepth = 200;
/** Counts above this are refused; they are never intended and only cost memory. */
const maxCount = 1_000_000;

/**
 * Parses a pattern of URL Rewrite's ECMAScript syntax: ECMAScript 3 with POSIX bracket classes, like C++ `std::regex`.
 * Throws RegexError for everything that engine refuses, also where JavaScript would accept it.
 */
export function parseRegex(pattern: string): ParsedRegex {
  const scanner = new Scanner(pattern);
  const root = parseDisjunction(scanner, 0);
  if (!scanner.done) throw scanner.error('paren', `the ")" at position ${scanner.at + 1} has no opening bracket`);
  return { root, groups: scanner.groups };
}

function parseDisjunction(scanner: Scanner, depth: number): RegexNode {
  if (depth > maxDepth) throw scanner.error('space', `groups are nested more than ${maxDepth} deep`);
  const branches = [parseAlternative(scanner, depth)];
  while (scanner.eat('|')) branches.push(parseAlternative(scanner, depth));
  const [only] = branches;
  return branches.length === 1 && only !== undefined ? only : { type: 'either', branches };
}

function parseAlternative(scanner: Scanner, depth: number): RegexNode {
  const items: RegexNode[] = [];
  while (!scanner.done && scanner.peek !== '|' && scanner.peek !== ')') {
    const groupsBefore = scanner.groups;
    const atom = parseAtom(scanner, depth);
    items.push(isQuantifier(scanner.peek) ? parseQuantifier(scanner, atom, groupsBefore) : atom);
  }
  const [only] = items;
  if (only === undefined) return { type: 'empty' };
  return items.length === 1 ? only : { type: 'sequence', items };
}

function parseAtom(scanner: Scanner, depth: number): RegexNode {
  const start = scanner.at;
  const char = scanner.next();
  switch (char) {
    case '^':
      return { type: 'start' };
    case '$':
      return { type: 'end' };
    case '.':
      return { type: 'set', source: '.', nonAscii: true };
    case '\\':
      return parseEscape(scanner);
    case '[':
      return parseBracket(scanner);
    case '(':
      return parseGroup(scanner, depth);
    case '*':
    case '+':
    case '?':
    case '{':
      throw scanner.error('badrepeat', `the "${char}" at position ${start + 1} repeats nothing`, start);
    case '}':
      throw scanner.error('brace', `the "}" at position ${start + 1} has no opening bracket`, start);
    case ']':
      throw scanner.error('brack', `the "]" at position ${start + 1} has no opening bracket`, start);
    default:
      return literal(char);
  }
}

function parseGroup(scanner: Scanner, depth: number): RegexNode {
  const start = scanner.at - 1;
  let node: (body: RegexNode) => RegexNode;
  let finished: number | undefined;
  if (scanner.eat('?')) {
    const kind = scanner.next();
    if (kind === ':') node = (body) => ({ type: 'group', index: undefined, body });
    else if (kind === '=' || kind === '!') node = (body) => ({ type: 'look', negate: kind === '!', body });
    else throw scanner.error('syntax', `"(?${kind}" is not known to URL Rewrite (${meaningOf(kind, scanner)})`, start);
  } else {
    const index = ++scanner.groups;
    finished = index;
    node = (body) => ({ type: 'group', index, body });
  }
  const body = parseDisjunction(scanner, depth + 1);
  if (!scanner.eat(')')) throw scanner.error('paren', `the "(" at position ${start + 1} is not closed`, start);
  if (finished !== undefined) scanner.closed.add(finished);
  return node(body);
}

function meaningOf(kind: string, scanner: Scanner): string {
  if (kind === '<') return scanner.peek === '=' || scanner.peek === '!' ? 'look-behind' : 'a named group';
  if (kind === '>') return 'an atomic group';
  if (kind === '#') return 'a comment';
  return 'inline flags';
}

const isQuantifier = (char: string): boolean => char === '*' || char === '+' || char === '?' || char === '{';

function parseQuantifier(scanner: Scanner, body: RegexNode, groupsBefore: number): RegexNode {
  const [min, max] = parseCounts(scanner);
  const greedy = !scanner.eat('?');
  if (['start', 'end', 'word', 'notWord', 'look'].includes(body.type)) {
    throw scanner.error('badrepeat', 'an assertion such as ^, $, \\b or (?=...) cannot be repeated', scanner.at - 1);
  }
  if (isQuantifier(scanner.peek)) {
    throw scanner.error('badrepeat', `the "${scanner.peek}" at position ${scanner.at + 1} repeats a repetition`);
  }
  return { type: 'repeat', body, min, max, greedy, groups: [groupsBefore + 1, scanner.groups + 1] };
}

/** The minimum and maximum count of `*`, `+`, `?` or `{...}`. */
function parseCounts(scanner: Scanner): readonly [number, number] {
  const start = scanner.at;
  const char = scanner.next();
  if (char === '*') return [0, Number.POSITIVE_INFINITY];
  if (char === '+') return [1, Number.POSITIVE_INFINITY];
  if (char === '?') return [0, 1];
  const digits = scanner.digits();
  // Real servers report `^/{C:1}` with this message (saotn.org), not as a bad count.
  if (digits === '') throw scanner.error('badrepeat', `the "{" at position ${start + 1} has no count`, start);
  const min = Number(digits);
  let max = min;
  if (scanner.eat(',')) {
    const upper = scanner.digits();
    max = upper === '' ? Number.POSITIVE_INFINITY : Number(upper);
  }
  if (!scanner.eat('}')) {
    throw scanner.error(scanner.done ? 'brace' : 'badbrace', `the "{" at position ${start + 1} is not closed`, start);
  }
  if (max < min || min > maxCount || (max > maxCount && max !== Number.POSITIVE_INFINITY)) {
    throw scanner.error('badbrace', `the count at position ${start + 1} is out of order or too large`, start);
  }
  return [min, max];
}
