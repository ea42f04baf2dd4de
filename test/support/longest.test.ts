import path from 'node:path';
import { expect, it } from 'vitest';
// @ts-expect-error: plain JavaScript, like test/run.mjs.
import { longest } from './longest.mjs';

const root = path.join(path.sep, 'work');
const file = (name: string, ...durations: readonly (number | undefined)[]) => ({
  name: path.join(root, 'test', name),
  assertionResults: durations.map((duration, index) => ({ fullName: `it ${index}`, duration })),
});

it('names the slowest tests of all lanes, with file and seconds, and counts skipped ones as 0', () => {
  const reports = [
    { lane: 'fast', report: { testResults: [file('a.test.ts', 40, 12_345), file('b.test.ts', undefined, 1500)] } },
    { lane: 'e2e', report: { testResults: [file('c.test.ts', 2000)] } },
  ];
  expect(longest(reports, 3, root)).toEqual([
    '  12.3 s  fast  test/a.test.ts  it 1',
    '   2.0 s  e2e  test/c.test.ts  it 0',
    '   1.5 s  fast  test/b.test.ts  it 1',
  ]);
  expect(longest(reports, 9, root).at(-1)).toBe('   0.0 s  fast  test/b.test.ts  it 0');
  expect(longest([], 3, root)).toEqual([]);
});
