import { expect, it } from 'vitest';
import { hasLongLine } from '../../src/source/long-line.js';

it.each<[text: string, expected: boolean]>([
  ['', false],
  ['abcd', false],
  ['abcde', true],
  ['abcd\nabcd', false],
  ['abcd\nabcde', true],
  ['abcde\nab', true],
  ['\n\n\nabcdef\n', true],
  ['abcd\n', false],
])('a line of five or more: %j: %s', (text, expected) => {
  expect(hasLongLine(text, 5)).toBe(expected);
  expect(/[^\n]{5}/.test(text)).toBe(expected);
});
