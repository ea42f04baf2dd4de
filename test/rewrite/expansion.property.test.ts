import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rule, run } from './rules.js';

/** A text to expand, and what becomes of it for `/Ab` with the condition below. */
interface Expanded {
  readonly text: string;
  readonly value: string;
}

const leaf = (text: string, value: string): Expanded => ({ text, value });
const leaves = fc.oneof(
  fc
    .string({ unit: fc.constantFrom('a', 'B', ' ', '/', '%', '?', ':', '&', 'é', '"') })
    .map((text) => leaf(text, text)),
  fc.constantFrom(
    leaf('{R:0}', 'Ab'),
    leaf('{R:1}', 'A'),
    leaf('{R:2}', ''),
    leaf('{R:9}', ''),
    leaf('{C:0}', 'x-Y'),
    leaf('{C:2}', 'Y'),
    leaf('{URL}', '/Ab'),
    leaf('{http_host}', 'example.org'),
    leaf('{HTTP_X_NOBODY}', ''),
    leaf('{NOPE}', ''),
    leaf('{}', ''),
  ),
);
const percent = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const wrap =
  (name: string, change: (value: string) => string) =>
  ({ text, value }: Expanded): Expanded => ({ text: `{${name}:${text}}`, value: change(value) });

const { expanded } = fc.letrec<Record<'expanded', Expanded>>((tie) => ({
  expanded: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaves,
    fc.array(tie('expanded'), { maxLength: 4 }).map(
      (parts): Expanded => ({
        text: parts.map(({ text }) => text).join(''),
        value: parts.map(({ value }) => value).join(''),
      }),
    ),
    tie('expanded').map(wrap('ToLower', (value) => value.toLowerCase())),
    tie('expanded').map(wrap('UrlEncode', percent)),
    tie('expanded').map((inner) => wrap('UrlDecode', (value) => value)(wrap('UrlEncode', (value) => value)(inner))),
    tie('expanded').map(wrap('Map', (value) => (value.toLowerCase() === 'ab' ? '{R:1}' : 'none'))),
  ),
}));

const map = { name: 'Map', defaultValue: 'none', ignoreCase: true, entries: new Map([['AB', '{R:1}']]) };

function expand(description: string) {
  const action = { type: 'CustomResponse', status: 200, subStatus: 0, reason: '', description } as const;
  const conditions = [{ input: 'x-Y', pattern: '(.)-(.)' }];
  return run('/Ab', [rule({ match: '^(.)b(c)?$', conditions, action })], { config: { maps: [map] } }).outcome;
}

it('texts, references, variables, functions and maps expand as their parts do, at any depth', () => {
  fc.assert(
    fc.property(expanded, ({ text, value }) => {
      expect(expand(text)).toMatchObject({ kind: 'custom', description: value });
    }),
    { numRuns: 2000 },
  );
});

it('what an expansion yields is not expanded again', () =>
  expect(expand('{Map:ab}')).toMatchObject({ description: '{R:1}' }));

it('any text expands or makes the rule fail with a sentence that quotes it; text without { stays as it is', () => {
  const unit = fc.constantFrom('{', '}', ':', 'R', 'C', '1', '0', 'URL', 'Map', 'ToLower', 'x', ' ', '\ud800');
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit, maxLength: 14 }), fc.string({ unit: 'binary' })), (text) => {
      const outcome = expand(text);
      if (outcome.kind === 'error') {
        expect(outcome).toMatchObject({ status: 500, subStatus: 50 });
        expect(text).toMatch(/\{/);
        expect(outcome.message).toMatch(/^The (expression|rewrite map or function) "/);
      } else expect(outcome.kind).toBe('custom');
      if (outcome.kind === 'custom' && !text.includes('{')) expect(outcome.description).toBe(text);
    }),
    { numRuns: 3000 },
  );
});

it('a brace that is not closed is never taken for text', () => {
  fc.assert(
    fc.property(expanded, expanded, (before, behind) => {
      expect(expand(`${before.text}{URL${behind.text.replaceAll(':', '')}`).kind).toBe('error');
    }),
    { numRuns: 500 },
  );
});
