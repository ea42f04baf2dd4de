import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom, seed, seedOf } from './seed.js';

describe('random numbers', () => {
  it('are the same for the same seed, from 0 to 1, and different for another', () => {
    const draw = (start: number): number[] => {
      const random = randomFrom(start);
      return Array.from({ length: 1000 }, () => random());
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    for (const number of draw(7)) expect(number >= 0 && number < 1).toBe(true);
  });

  it('of fast-check use the seed of the run, which a failure names', () => {
    expect(fc.sample(fc.string(), 20)).toEqual(fc.sample(fc.string(), { seed, numRuns: 20 }));
    expect(() => fc.assert(fc.property(fc.nat(), () => false))).toThrow(`seed: ${seed},`);
  });

  it.each(['', '-1', '1.5', 'x', '2147483648', '99999999999'])('do not start with TEST_SEED=%s', (written) => {
    expect(() => seedOf(written)).toThrow(`TEST_SEED is ${written}; it is a whole number`);
  });
});
