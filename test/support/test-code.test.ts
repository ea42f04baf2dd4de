import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './cli.js';

/** The code of the tests, without their apps, and without the bench, which measures times. */
const code = [
  'vitest.config.ts',
  ...readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('test', file.replaceAll(path.sep, '/')))
    .filter((file) => /\.(ts|mjs|cjs)$/.test(file) && !/^test\/(fixtures|bench|artefacts|adopt\/apps)\//.test(file)),
];

interface Rule {
  readonly what: string;
  readonly instead: string;
  readonly pattern: RegExp;
  readonly wrong: readonly string[];
  readonly right: readonly string[];
  /** Files that may. */
  readonly but?: readonly string[];
}

const rules: readonly Rule[] = [
  {
    what: 'a second try',
    instead: 'what fails sometimes is a fault: find it',
    pattern: /\bretry\s*[:(]/,
    wrong: ["it('x', { retry: 2 }, () => {})", 'await retry(() => ask())'],
    right: ['retries: 10,', 'retryPauses: [1, 1]'],
  },
  {
    what: 'random numbers that no seed says',
    instead: 'randomFrom(seed) of test/support/seed.ts, or fast-check',
    pattern: /\bMath\.random\b|\brandomInt\b|\bseed\w*\b.*\b(?:Date|performance)\.now\b/i,
    wrong: ['const id = Math.random();', 'const seed = Number(process.env.X ?? Date.now());', 'randomInt(9)'],
    right: ['const random = randomFrom(seed);', 'crypto.randomUUID()'],
    but: ['test/random.mjs'],
  },
  {
    what: 'a wait for a time',
    instead: 'expect.poll for a condition, an event, or a Clock of test/support/clock.ts',
    pattern: /\(\s*\(?(\w+)\)?\s*=>\s*\{?\s*(?:void )?setTimeout\(\s*(?:\(\)\s*=>\s*)?\1\b|'node:timers\/promises'/,
    wrong: [
      'await new Promise((resolve) => setTimeout(resolve, 50));',
      'await new Promise<void>((done) => void setTimeout(done, 50));',
      'new Promise((resolve) => { setTimeout(() => resolve(1), 5); })',
      "import { setTimeout as wait } from 'node:timers/promises';",
    ],
    right: ['setTimeout(() => this.#again(), patience)', "vi.useFakeTimers({ toFake: ['setTimeout'] })"],
    // The first is bundled without vitest, so it cannot use expect.poll.
    // In those of the loader, it is an app that takes a moment to start.
    but: [
      'test/host/iisnode/harness.ts',
      'test/support/steered.cjs',
      'test/loader/nest.test.ts',
      'test/loader/process.test.ts',
      'test/loader/styles.ts',
    ],
  },
  {
    what: 'a limit on a time that has gone by',
    instead: 'a Clock, or growth() of test/support/growth.ts; how long things take is a matter of the bench',
    pattern:
      /\bexpect\([^;]*\b(?:performance|Date)\.now\(\)[^;]*\)\s*\.toBeLess|\bexpect\((?:\w+\.)?ms\)\s*\.toBeLess|\bprocess\.cpuUsage\b/,
    wrong: [
      'expect(performance.now() - started).toBeLessThan(500);',
      'expect(Date.now() - at, what)\n  .toBeLessThanOrEqual(9);',
      'expect(report.ms).toBeLessThan(5_000);',
      'process.cpuUsage()',
    ],
    right: ['expect(performance.now() - started).toBeGreaterThan(390);', 'expect(lines.length).toBeLessThan(5);'],
    but: ['test/support/growth.ts'],
  },
];

describe.each(rules)('no test has $what', ({ pattern, wrong, right, instead, but = [] }) => {
  it('in its code', () => {
    const found = code
      .filter((file) => file !== 'test/support/test-code.test.ts' && !but.includes(file))
      .filter((file) => pattern.test(readFileSync(path.join(root, file), 'utf8')));
    expect(found, `instead: ${instead}`).toEqual([]);
  });

  it('which is detected by its form', () => {
    for (const text of wrong) expect([text, pattern.test(text)]).toEqual([text, true]);
    for (const text of right) expect([text, pattern.test(text)]).toEqual([text, false]);
  });

  it('in the allowed files, which all have it', () => {
    for (const file of but)
      expect([file, pattern.test(readFileSync(path.join(root, file), 'utf8'))]).toEqual([file, true]);
  });
});
