import { describe, expect, it } from 'vitest';
import { placeAt } from '../../src/source/text-file.js';
import { growth, linear } from '../support/growth.js';

describe('a place in a file', () => {
  const text = 'one\r\ntwo\n\rfour\r\n';
  it.each([
    [0, 1, 1, 'one'],
    [3, 1, 4, 'one'],
    [5, 2, 1, 'two'],
    [8, 2, 4, 'two'],
    [9, 3, 1, ''],
    [10, 4, 1, 'four'],
    [14, 4, 5, 'four'],
    [16, 5, 1, ''],
  ])('at %i is line %i, column %i', (offset, line, column, evidence) => {
    expect(placeAt({ file: '/a.js', text }, offset)).toEqual({ file: '/a.js', line, column, evidence });
  });

  it('does not take longer the more lines are before it', () => {
    const placesOf = (size: number): void => {
      const source = { file: '/a.js', text: 'line\n'.repeat(size) };
      for (let line = 0; line < size; line += 1) placeAt(source, line * 5);
    };
    expect(growth(placesOf, 500)).toBeLessThan(linear);
  });
});
