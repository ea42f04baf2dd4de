import { describe, expect, it } from 'vitest';
import { checkPattern, compilePattern } from '../../../src/rewrite/pattern.js';
import { RegexError } from '../../../src/rewrite/regex/syntax.js';

const codeOf = (pattern: string): string => {
  try {
    compilePattern(pattern, 'ECMAScript', true);
    return 'accepted';
  } catch (error) {
    if (error instanceof RegexError) return error.code;
    throw error;
  }
};
const match = (pattern: string, input: string, ignoreCase = true): (string | undefined)[] | undefined => {
  const groups = compilePattern(pattern, 'ECMAScript', ignoreCase).exec(input);
  return groups === null ? undefined : [...groups];
};

describe('what the dialect accepts', () => {
  it.each([
    ['(?:a|b)c', 'bc', ['bc']],
    ['^a(?=b)', 'ab', ['a']],
    ['^(?!iisnode/)(.*)$', 'socket.io/1', ['socket.io/1', 'socket.io/1']],
    ['^a+?', 'aaa', ['a']],
    ['^(a)(b)\\2\\1$', 'abba', ['abba', 'a', 'b']],
    ['\\bio\\b', 'socket.io/', ['io']],
    ['\\Bo', 'foo', ['o']],
    ['^\\d\\w\\s$', '1_ ', ['1_ ']],
    ['^\\D\\W\\S$', 'a-b', ['a-b']],
    ['^app.js\\/debug[\\/]?', 'app.js/debug/', ['app.js/debug/']],
    ['^a\\-b\\.c$', 'a-b.c', ['a-b.c']],
    ['^\\x41\\u0042$', 'AB', ['AB']],
    ['^a{2}$', 'aa', ['aa']],
    ['^a{2,}$', 'aaaa', ['aaaa']],
    ['^a{1,2}?', 'aa', ['a']],
    ['(/|$)', '', ['', '']],
    ['()', 'x', ['', '']],
    ['a|', 'b', ['']],
    ['^[-a]+$', 'a-', ['a-']],
    ['^[a-]+$', 'a-', ['a-']],
    ['^[\\w-]+$', 'a-b', ['a-b']],
    ['^[^/]+$', 'abc', ['abc']],
    ['^[_0-9a-z-]+$', 'An-Article_1', ['An-Article_1']],
    ['^[a\\]b]+$', 'a]b', ['a]b']],
    ['^[[]$', '[', ['[']],
    ['^(a)?b$', 'b', ['b', undefined]],
    ['^\\$1\\{x\\}$', '$1{x}', ['$1{x}']],
    ['', 'anything', ['']],
  ])('%s on "%s"', (pattern, input, groups) => expect(match(pattern, input)).toEqual(groups));

  it('matches without case by default', () => {
    expect(match('^SOCKET', 'socket.io')).toEqual(['socket']);
    expect(match('^SOCKET', 'socket.io', false)).toBeUndefined();
  });

  it('keeps $ to the end of the whole string', () => {
    expect(match('a$', 'a\nb')).toBeUndefined();
    expect(match('^b', 'a\nb')).toBeUndefined();
  });

  it.each([
    ['^[[:alpha:]]+$', 'abC', '12'],
    ['^[[:digit:]]+$', '12', 'ab'],
    ['^[[:alnum:]_]+$', 'a1_', '-'],
    ['^[[:xdigit:]]+$', 'aF0', 'g'],
    ['^[[:space:]]$', ' ', 'a'],
    ['^[[:punct:]]+$', '!-]{`', 'a'],
    ['^[^[:digit:]]+$', 'ab', '1'],
    ['^[[:w:]]+$', 'a_1', '-'],
    ['^[[.-.]a]+$', 'a-', 'b'],
    ['^[[=a=]]+$', 'aa', 'b'],
    ['^[[:blank:]]$', '\t', '\n'],
  ])('translates the POSIX class of %s', (pattern, yes, no) => {
    expect(match(pattern, yes)).toEqual([yes]);
    expect(match(pattern, no)).toBeUndefined();
  });
});

describe('what the dialect refuses', () => {
  it.each([
    ['*', 'badrepeat'],
    ['+a', 'badrepeat'],
    ['?', 'badrepeat'],
    ['*.js', 'badrepeat'],
    ['(*)', 'badrepeat'],
    ['a|*', 'badrepeat'],
    ['a**', 'badrepeat'],
    ['a*+', 'badrepeat'],
    ['a++', 'badrepeat'],
    ['a???', 'badrepeat'],
    ['a{2}{3}', 'badrepeat'],
    ['^*', 'badrepeat'],
    ['$+', 'badrepeat'],
    ['\\b*', 'badrepeat'],
    ['(?=a)*', 'badrepeat'],
    ['^/{C:1}', 'badrepeat'],
    ['^{C:1}', 'badrepeat'],
    ['{HTTP_HOST}', 'badrepeat'],
    ['a{', 'badrepeat'],
    ['a{x}', 'badrepeat'],
    ['a{,3}', 'badrepeat'],
    ['a{3,1}', 'badbrace'],
    ['a{1', 'brace'],
    ['a{1x}', 'badbrace'],
    ['a}', 'brace'],
    ['a]', 'brack'],
    ['[a', 'brack'],
    ['[', 'brack'],
    ['[]', 'brack'],
    ['[^]', 'brack'],
    ['[]a]', 'brack'],
    ['(a', 'paren'],
    ['a)', 'paren'],
    ['(', 'paren'],
    ['(?<=a)b', 'syntax'],
    ['(?<!a)b', 'syntax'],
    ['(?<year>\\d+)', 'syntax'],
    ['(?i)a', 'syntax'],
    ['(?i:a)', 'syntax'],
    ['(?#note)a', 'syntax'],
    ['(?>a)', 'syntax'],
    ['(?', 'syntax'],
    ['\\5', 'backref'],
    ['(a)\\2', 'backref'],
    ['\\1(a)', 'backref'],
    ['(a\\1)', 'backref'],
    ['(a)\\10', 'backref'],
    ['\\p{L}', 'escape'],
    ['\\k<x>', 'escape'],
    ['\\a', 'escape'],
    ['\\_', 'escape'],
    ['\\x4', 'escape'],
    ['\\u00g0', 'escape'],
    ['\\c1', 'escape'],
    ['\\01', 'escape'],
    ['a\\', 'escape'],
    ['[\\', 'escape'],
    ['[[:constructor:]]', 'ctype'],
    ['[[:__proto__:]]', 'ctype'],
    ['[b-a]', 'range'],
    ['[\\w-z]', 'range'],
    ['[a-\\d]', 'range'],
    ['[[:nope:]]', 'ctype'],
    ['[[.hyphen.]]', 'collate'],
    ['[[:alpha:', 'brack'],
  ])('%s: %s', (pattern, code) => expect(codeOf(pattern)).toBe(code));

  it('gives the text of IIS, and a plain explanation with the position', () => {
    expect(checkPattern('a{HTTP_HOST}', 'ECMAScript')).toEqual({
      message: `The expression "a{HTTP_HOST}" contains a repeat expression (one of '*', '?', '+', '{' in most contexts) that is not preceded by an expression.`,
      detail: 'the "{" at position 2 has no count',
    });
    expect(checkPattern('^/*$', 'Wildcard')).toBeUndefined();
    expect(checkPattern('(((', 'ExactMatch')).toBeUndefined();
  });

  it('gives up on absurd nesting and length without overflowing the stack', () => {
    expect(codeOf('('.repeat(100_000))).toBe('space');
    expect(codeOf('(?:'.repeat(5_000) + ')'.repeat(5_000))).toBe('space');
    expect(codeOf('a{1000000000}')).toBe('badbrace');
  });
});
