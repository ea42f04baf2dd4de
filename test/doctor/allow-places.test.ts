import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Allowance } from '../../src/doctor/allow/allowances.js';
import { allowanceFinder } from '../../src/doctor/allow/find-allowance.js';
import { allowancesInSource } from '../../src/doctor/allow/in-source.js';

const name = fc.constantFrom('a', 'b', 'c');
const lines = fc
  .record({ from: fc.nat(8), length: fc.nat(4) })
  .map(({ from, length }) => ({ from, to: from + length }));
const allowance = fc.record({
  rule: fc.constantFrom('R', 'S'),
  file: name,
  lines: fc.option(lines, { nil: undefined }),
  isWide: fc.boolean(),
  line: fc.constant(1),
  column: fc.constant(1),
  reason: fc.constant('it is'),
});
const finding = fc.record({
  rule: fc.constantFrom('R', 'S', 'T'),
  file: fc.option(name, { nil: undefined }),
  line: fc.option(fc.nat(12), { nil: undefined }),
});

it('the allowance for a finding is the first for its line, else the first for its file or for all files', () => {
  fc.assert(
    fc.property(fc.array(allowance, { maxLength: 12 }), finding, (given, found) => {
      const valid: readonly Allowance[] = given.toSorted((a, b) => (a.lines?.from ?? 0) - (b.lines?.from ?? 0));
      const { rule, file, line } = found;
      const ofRule = valid.filter((one) => one.rule === rule);
      const near = ofRule.find(
        (one) => one.file === file && one.lines && line !== undefined && one.lines.from <= line && line <= one.lines.to,
      );
      const other = ofRule.find((one) => (one.file === file ? one.lines === undefined : one.isWide));
      expect(allowanceFinder(valid)(found)).toBe(near ?? other);
    }),
  );
});

it('comments one below the other are all about the next line of code', () => {
  const comments = Array.from({ length: 3_000 }, (_, number) => `// iisnode-sock: allow R because ${number}`);
  const written = allowancesInSource('a.js', [...comments, '', '/* no code */', 'listen();', 'more();'].join('\n'));
  expect(written).toHaveLength(3_000);
  expect(new Set(written.map((one) => one.lines?.to))).toEqual(new Set([3_003]));
});

it('a comment that does not end reaches to the last line', () => {
  const [one] = allowancesInSource('a.js', '/* iisnode-sock: allow R because\n it is\n so');
  expect(one).toMatchObject({ words: { names: ['R'], reason: 'it is so' }, lines: { from: 1, to: 3 } });
});
