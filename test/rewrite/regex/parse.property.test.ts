import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, PatternTooComplex } from '../../../src/rewrite/pattern.js';
import { parseRegex } from '../../../src/rewrite/regex/parse.js';
import { type ParsedRegex, RegexError } from '../../../src/rewrite/regex/syntax.js';
import { toJavaScript } from '../../../src/rewrite/regex/to-javascript.js';

/** Any text made of what patterns are made of, most of it nonsense. */
const texts = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...[
          'a',
          'b',
          'z',
          '0',
          '1',
          '-',
          '/',
          '.',
          '^',
          '$',
          '|',
          '(',
          ')',
          '[',
          ']',
          '{',
          '}',
          '*',
          '+',
          '?',
          ',',
          ':',
        ],
        ...[
          '\\',
          '\\d',
          '\\W',
          '\\b',
          '\\1',
          '\\2',
          '\\.',
          '\\x41',
          '\\u00e9',
          '\\cA',
          '\\p',
          '\\0',
          '(?:',
          '(?=',
          '(?!',
        ],
        ...['(?<', '(?<=', '(?i)', '[^', '[a-', '[:alpha:]', '{2}', '{1,3}', '{2,', '=', '!', '<', '_', 'é', '€'],
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const inputs = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '0', '-', '/', '.', '\n', 'é', '\u0001'),
  maxLength: 8,
});

function parsed(pattern: string): ParsedRegex | RegexError {
  try {
    return parseRegex(pattern);
  } catch (error) {
    if (error instanceof RegexError) return error;
    throw error;
  }
}
function native(pattern: string, flags = ''): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}
const groups = (text: string, syntax: 'ExactMatch' | 'Wildcard', ignoreCase: boolean, input: string) => {
  const found = compilePattern(text, syntax, ignoreCase).exec(input);
  return found === null ? undefined : [...found];
};
/** The one construct that C++ and JavaScript both accept and read differently. */
const isPosix = (pattern: string): boolean => /\[[:.=]/.test(pattern);

describe('any text as a pattern', () => {
  it('is read, or refused with a place inside the text, a sentence of IIS and a plain explanation; nothing else', () => {
    fc.assert(
      fc.property(texts, (pattern) => {
        const result = parsed(pattern);
        if (!(result instanceof RegexError)) return;
        expect(result.offset).toBeGreaterThanOrEqual(0);
        expect(result.offset).toBeLessThanOrEqual(pattern.length);
        expect(result.message).toContain(`The expression "${pattern}" contains`);
        expect(result.detail).not.toBe('');
      }),
      { numRuns: 5000 },
    );
  });

  it('means what JavaScript takes it for, where both accept it', () => {
    fc.assert(
      fc.property(texts, inputs, fc.boolean(), (pattern, input, ignoreCase) => {
        if (isPosix(pattern)) return;
        const flags = ignoreCase ? 'i' : '';
        const result = parsed(pattern);
        if (result instanceof RegexError) return;
        const theirs = native(pattern, flags);
        expect(theirs, 'what JavaScript refuses is refused here').toBeDefined();
        expect(native(toJavaScript(result.root), flags)?.exec(input)).toEqual(theirs?.exec(input));
      }),
      { numRuns: 5000 },
    );
  });

  it('has the groups that are written in it', () => {
    fc.assert(
      fc.property(texts, (pattern) => {
        const result = parsed(pattern);
        if (result instanceof RegexError) return;
        const withNothing = native(`${toJavaScript(result.root)}|`)?.exec('');
        expect(withNothing?.length).toBe(result.groups + 1);
      }),
      { numRuns: 3000 },
    );
  });

  it('finds itself when it is an ExactMatch, and as a Wildcard when it has no stars', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, ignoreCase) => {
        expect(groups(text, 'ExactMatch', ignoreCase, text)).toEqual([text]);
        expect(groups(text, 'ExactMatch', ignoreCase, `${text}x`)).toBeUndefined();
        if (!text.includes('*')) expect(groups(text, 'Wildcard', ignoreCase, text)).toEqual([text]);
      }),
      { numRuns: 2000 },
    );
  });

  it('as a Wildcard splits an input into its literal parts and its captures', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '.', '(', '\\', '/', '\n') }), { maxLength: 5 });
    fc.assert(
      fc.property(parts, inputs, (literals, filler) => {
        const input = literals.join(filler);
        let groups: readonly (string | undefined)[] | null = null;
        try {
          groups = compilePattern(literals.join('*'), 'Wildcard', false).exec(input);
        } catch (error) {
          if (error instanceof PatternTooComplex) return;
          throw error;
        }
        const [whole, ...stars] = groups ?? [];
        expect(whole).toBe(input);
        expect(literals.map((literal, index) => literal + (stars[index] ?? '')).join('')).toBe(input);
      }),
      { numRuns: 1000 },
    );
  });
});
