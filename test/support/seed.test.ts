import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { root } from './cli.js';
import { randomFrom, seed, seedOf } from './seed.js';

const code = ['test', 'vitest.config.ts']
  .flatMap((place) => {
    const folder = path.join(root, place);
    return place.endsWith('.ts')
      ? [place]
      : readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(place, file));
  })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => /\.(ts|mjs|cjs|js)$/.test(file) && !/^test\/(fixtures|bench|artefacts)\//.test(file))
  .filter((file) => existsSync(path.join(root, file)));

describe('random numbers', () => {
  it('are the same for the same start, from 0 to 1, and others for another', () => {
    const draw = (start: number): number[] => {
      const random = randomFrom(start);
      return Array.from({ length: 1000 }, () => random());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    for (const number of draw(7)) expect(number >= 0 && number < 1).toBe(true);
  });

  it('of fast-check start with the seed of the run, which a failure names', () => {
    expect(fc.sample(fc.string(), 20)).toEqual(fc.sample(fc.string(), { seed, numRuns: 20 }));
    expect(() => fc.assert(fc.property(fc.nat(), () => false))).toThrow(`seed: ${seed},`);
  });

  it.each(['', '-1', '1.5', 'x', '2147483648', '99999999999'])('do not start with TEST_SEED=%s', (written) => {
    expect(() => seedOf(written)).toThrow(`TEST_SEED is ${written}; it is a whole number`);
  });
});

describe('what must not be in the code of tests', () => {
  it.each([
    ['a second try', /\bretry\s*[:(]/],
    ['numbers that no seed says', /\bMath\.random\b|\bseed\w*\b.*\b(?:Date|performance)\.now\b|\brandomInt\b/i],
  ])('%s', (_, pattern) => {
    const allowed = ['test/random.mjs', 'test/support/seed.test.ts'];
    const found = code.filter(
      (file) => !allowed.includes(file) && pattern.test(readFileSync(path.join(root, file), 'utf8')),
    );
    expect(found).toEqual([]);
  });
});
