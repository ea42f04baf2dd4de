import fc from 'fast-check';
import { expect, it } from 'vitest';
import { yamlValue } from '../../src/source/yaml-text.js';

it.each([
  [
    'apps:\n  - script   : ./api.js\n    env:\n      PORT: 3000\n',
    { apps: [{ script: './api.js', env: { PORT: 3000 } }] },
  ],
  ['a: &b { c: 1 }\nd: *b\n', { a: { c: 1 }, d: { c: 1 } }],
  ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
  ['', null],
])('%j is read', (text, value) => {
  expect(yamlValue(text)).toEqual(value);
});

it.each(['a: [1', 'a: "x', '- a\nb: 1', 'a: *none'])('%j is no YAML, and nothing is said of it', (text) => {
  expect(yamlValue(text)).toBeUndefined();
});

it('aliases of aliases are not followed without an end', () => {
  const levels = Array.from({ length: 30 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at}, `.repeat(9)}*l${at}]`);
  expect(yamlValue(['l0: &l0 [x]', ...levels].join('\n'))).toBeUndefined();
});

it('no text is a fault', () => {
  fc.assert(
    fc.property(fc.string(), (text) => void yamlValue(text)),
    { numRuns: 500 },
  );
});
