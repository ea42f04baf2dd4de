import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from './host/harness.js';

const root = path.join(import.meta.dirname, '..');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** All that failed in a run of these test files. */
function failuresOf(files: Record<string, string>): readonly string[] {
  const directory = folderWith(files);
  const file = path.join(directory, 'failures.json');
  spawnSync(
    process.execPath,
    [vitest, 'run', '--globals', '--root', directory, '--reporter', path.join(root, 'test', 'support', 'failures.mjs')],
    { cwd: directory, env: { ...process.env, TEST_FAILURES: file }, timeout: 120_000 },
  );
  return JSON.parse(readFileSync(file, 'utf8'));
}

it('what failed is reported whole: tests, hooks, files that cannot be loaded, and what nothing caught', () => {
  const failures = failuresOf({
    'a.test.js': "describe('a', () => { it('works', () => {}); it('fails', () => { throw new Error('one'); }); });",
    'b.test.js': "describe('b', () => { afterAll(() => { throw new Error('two'); }); it('works', () => {}); });",
    'c.test.js': "throw new Error('three');",
    'd.test.js':
      "it('works', () => { process.nextTick(() => { throw new Error('four'); }); return new Promise(setImmediate); });",
  });
  expect(failures.map((text) => text.split('\n')[0]).sort()).toEqual([
    'a.test.js  a > fails',
    'an error that nothing caught',
    'b.test.js  around b',
    'c.test.js  around its tests',
  ]);
  const said = failures.join('\n');
  for (const word of ['one', 'two', 'three', 'four']) expect(said).toContain(`Error: ${word}`);
});

it('nothing failed where all tests are green', () => {
  expect(failuresOf({ 'a.test.js': "it('works', () => {});" })).toEqual([]);
});
