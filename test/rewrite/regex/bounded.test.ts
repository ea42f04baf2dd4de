import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternTooComplex } from '../../../src/rewrite/pattern.js';
import { boundedMatch, TooComplex } from '../../../src/rewrite/regex/bounded-match.js';
import { firstCharacters, mayStart, safeLength } from '../../../src/rewrite/regex/cost.js';
import { parseRegex } from '../../../src/rewrite/regex/parse.js';
import { compileProgram } from '../../../src/rewrite/regex/program.js';
import { RegexError } from '../../../src/rewrite/regex/syntax.js';
import { toJavaScript } from '../../../src/rewrite/regex/to-javascript.js';

const bounded = (pattern: string, input: string, ignoreCase = false): (string | undefined)[] | null => {
  const found = boundedMatch(compileProgram(parseRegex(pattern), ignoreCase), input, { left: 100_000 });
  return found === null ? null : [...found.groups];
};

/** Random patterns over a small alphabet, rich in repetition, groups and references. */
const patterns = fc.letrec<Record<'node', string>>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('a', 'b', 'B', '/', '.', '.*', '.+?', '[ab]', '[^a]', '\\w', '^', '$', '\\b', '(a)\\1', ''),
    fc
      .tuple(tie('node'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,}?', '{0}'))
      .map(([body, times]) => `(?:${body})${times}`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '{1,3}')).map(([body, times]) => `(${body})${times}`),
    fc.array(tie('node'), { maxLength: 3 }).map((parts) => parts.join('')),
    fc.tuple(tie('node'), tie('node')).map(([left, right]) => `(?:${left}|${right})`),
    tie('node').map((body) => `(${body})`),
    tie('node').map((body) => `(?=${body})`),
    tie('node').map((body) => `(?!${body})`),
  ),
})).node;
const inputs = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '/', 'x', 'é', '\n'), maxLength: 12 });

describe('the bounded matcher', () => {
  it.each([
    ['^(a+)+$', 'aaa', ['aaa', 'aaa']],
    ['(a*)*b', 'aab', ['aab', 'aa']],
    ['(?:(a)|b)*', 'ab', ['ab', undefined]],
    ['(a*?)b', 'aab', ['aab', 'aa']],
    ['(?=(a+))a*b\\1', 'baaabac', ['aba', 'a']],
    ['(.*?)a(?!(a+)b\\2c)\\2(.*)', 'baaabaac', ['baaabaac', 'ba', undefined, 'abaac']],
    ['(z)((a+)?(b+)?(c))*', 'zaacbbbcac', ['zaacbbbcac', 'z', 'ac', 'a', undefined, 'c']],
  ])('agrees with ECMAScript on %s', (pattern, input, groups) => {
    expect(bounded(pattern, input)).toEqual(groups);
    expect([...(new RegExp(pattern).exec(input) ?? [])]).toEqual(groups);
  });

  it('agrees with RegExp on random patterns and inputs', () => {
    fc.assert(
      fc.property(patterns, inputs, fc.boolean(), (pattern, input, ignoreCase) => {
        let source: string;
        try {
          source = toJavaScript(parseRegex(pattern).root);
        } catch (error) {
          if (error instanceof RegexError) return;
          throw error;
        }
        const native = new RegExp(source, ignoreCase ? 'i' : '').exec(input);
        const original = new RegExp(pattern, ignoreCase ? 'i' : '').exec(input);
        expect(native === null ? null : [...native]).toEqual(original === null ? null : [...original]);
        try {
          expect(bounded(pattern, input, ignoreCase)).toEqual(native === null ? null : [...native]);
        } catch (error) {
          if (!(error instanceof TooComplex)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('patterns that could run without end', () => {
  it.each([
    '(a+)+$',
    '(a|a)*$',
    '(a|ab|b)*$',
    '(.*)*x',
    '([a-z]+/?)*!',
    '(a?){25}a{25}$',
    '(\\w+\\s?)+!',
    '(?=(a+)+$)b',
  ])('%s is left to the bounded matcher', (pattern) =>
    expect(safeLength(parseRegex(pattern).root, true, 1e6)).toBeLessThan(20),
  );

  it.each(['^socket\\.io(/|$)', '^(css|js|img)/', '^([^/]+)/([^/]+)/?$', '^articles?/([_0-9a-z-]+)$', '\\.(js|css)$'])(
    '%s is left to RegExp at any length a URL has',
    (pattern) => expect(safeLength(parseRegex(pattern).root, true, 4e6)).toBeGreaterThan(1500),
  );

  it.each([
    ['(a+)+$', `${'a'.repeat(40)}!`],
    ['(a|a)*$', `${'a'.repeat(60)}!`],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(60)],
    ['.*a.*b.*c.*d.*e.*f.*g', 'abcdef'.repeat(2000)],
    ['(x+x+)+y', 'x'.repeat(5000)],
    ['^(?!.*(a*)*b).*(a*)*c', 'a'.repeat(5000)],
    ['(?:a?){30}a{30}', 'a'.repeat(29)],
    ['(.*)\\1\\1\\1x', 'a'.repeat(16_000)],
    ['(a+)+$', `${'a'.repeat(16_384)}!`],
    ['(a|aa)+$', `${'a'.repeat(16_384)}!`],
    ['(.*)*x', 'a'.repeat(16_384)],
    ['((a+)\\2)+x', 'a'.repeat(16_384)],
    ['((.*)\\2)*((.*)\\4)*x', 'a'.repeat(16_384)],
    ['(a)(b)?(\\1\\2)*x', 'a'.repeat(16_384)],
    ['(a*)(\\1)*(\\1)*x', 'a'.repeat(16_384)],
    ['(?:(?=a*c)a)*x', `${'a'.repeat(16_384)}c`],
    ['(?:(?=(?:(?=a*c)a)*)a)*x', `${'a'.repeat(1900)}c`],
    ['(?:(?=a*c)){100000}x', `${'a'.repeat(1900)}c`],
    ['(?:(?:\\b){1000}){1000}x', 'a'.repeat(1999)],
    ['((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}', 'a'.repeat(16_384)],
    ['(?:a{1000}){1000}', 'a'.repeat(16_384)],
    ['(.*?,){11}P', '1,2,3,4,5,6,7,8,9,10,11,12'.repeat(600)],
    ['\\s+$', `${' '.repeat(16_384)}!`],
    [`${'a'.repeat(8000)}b`, 'a'.repeat(1_000_000)],
    ['^(?:(a)|b)*x', 'a'.repeat(3_000_000)],
  ])('%s on a long input ends, too complex or with an answer', (pattern, input) => {
    try {
      compilePattern(pattern, 'ECMAScript', true).exec(input);
    } catch (error) {
      expect(error).toBeInstanceOf(PatternTooComplex);
      expect(String(error)).toContain('too complex');
    }
  });

  it.each(['(.*)\\.php(.*)', '.*node_modules.*', '(.+)/index\\.php', '.*?\\.aspx$', '^.*/old/.*$'])(
    '%s, which sites really have, answers on the longest of URLs',
    (pattern) => {
      const compiled = compilePattern(pattern, 'ECMAScript', true);
      expect(compiled.exec(`socket.io/${'x'.repeat(16_384)}`)).toBeNull();
      expect(compiled.exec(`${'x/'.repeat(8000)}`)).toBeNull();
    },
  );

  it('a pattern that begins with .* is tried once a line, and found as RegExp finds it', () => {
    const lines = `${'x'.repeat(5000)}\n${'y'.repeat(5000)}\nzab`;
    expect(compilePattern('(.*)a(b)', 'ECMAScript', true).exec(lines)).toEqual(['zab', 'z', 'b']);
    expect(compilePattern('(.*)y\\nz', 'ECMAScript', true).exec(lines)?.[1]).toBe('y'.repeat(4999));
  });

  it('bounds wildcards with many stars', () => {
    const pattern = compilePattern('*a*b*c*d*e*f*g', 'Wildcard', true);
    expect(() => pattern.exec('abcdef'.repeat(2000))).toThrow(PatternTooComplex);
  });

  it('ends, whatever the pattern', () => {
    fc.assert(
      fc.property(patterns, fc.constantFrom('a', 'ab', 'aB/', '/'), fc.nat(3000), (text, unit, times) => {
        let pattern: ReturnType<typeof compilePattern>;
        try {
          pattern = compilePattern(text, 'ECMAScript', true);
        } catch (error) {
          if (error instanceof RegexError) return;
          throw error;
        }
        try {
          pattern.exec(`${unit.repeat(times)}!`);
        } catch (error) {
          if (!(error instanceof PatternTooComplex)) throw error;
        }
      }),
      { numRuns: 150 },
    );
  });
});

it('the check of the first character never hides a match', () => {
  fc.assert(
    fc.property(patterns, inputs, fc.boolean(), (text, input, ignoreCase) => {
      let first: Uint32Array | undefined;
      try {
        first = firstCharacters(parseRegex(`^${text}`).root, ignoreCase);
      } catch (error) {
        if (error instanceof RegexError) return;
        throw error;
      }
      if (first === undefined || !new RegExp(`^${text}`, ignoreCase ? 'i' : '').test(input)) return;
      expect(mayStart(first, input.charCodeAt(0))).toBe(true);
    }),
    { numRuns: 3000 },
  );
  const first = firstCharacters(parseRegex('^(a|b)c').root, true) ?? new Uint32Array(4);
  const letters = Array.from({ length: 128 }, (_, code) => code).filter((code) => mayStart(first, code));
  expect(String.fromCharCode(...letters)).toBe('ABab');
  expect(firstCharacters(parseRegex('(a|b)c').root, true)).toBeUndefined();
  expect(firstCharacters(parseRegex('^a*').root, true)).toBeUndefined();
});
