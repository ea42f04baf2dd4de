import { expect, it } from 'vitest';
import { growth, linear } from './growth.js';

const numbers = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

it('work that grows with its size passes as linear, work that grows with the square of it does not', () => {
  expect(growth((size) => numbers(size).reduce((sum, number) => sum + Math.sqrt(number), 0), 20_000)).toBeLessThan(
    linear,
  );
  expect(
    growth((size) => {
      const all = numbers(size);
      return all.filter((number) => all.indexOf(number) === number);
    }, 500),
  ).toBeGreaterThan(linear);
});
