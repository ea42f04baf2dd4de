import { expect, it } from 'vitest';
import { linesOfOutput } from '../src/lines-of-output.js';
import { growth, linear } from './support/growth.js';

it.each([
  ['a\nb\r\nc\r\r\nd', ['a', 'b', 'c', 'd']],
  ['10%\r20%\r\r\n', ['10%\r20%', '']],
  ['a\n\r\n\nb', ['a', '', '', 'b']],
  ['', ['']],
])('the lines of %j', (text, lines) => {
  expect(linesOfOutput(text)).toEqual(lines);
});

it('carriage returns without a line feed take no longer than other characters', () => {
  expect(growth((size) => linesOfOutput(`${'\r'.repeat(size)}x`), 3000)).toBeLessThan(linear);
});
