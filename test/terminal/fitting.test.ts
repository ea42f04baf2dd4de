import { expect, it } from 'vitest';
import { fitting } from '../../src/terminal/fitting.js';
import { createTerminal } from '../../src/terminal/index.js';

const lines = ['one', 'two', 'three', 'four', 'last'];

it.each([
  [6, 80, lines],
  [5, 80, ['one', 'two', '... 2 more lines in a taller window', 'last']],
  [4, 80, ['one', '... 3 more lines in a taller window', 'last']],
  [3, 80, ['... 4 more lines in a taller window', 'last']],
])('a window of %i rows and %i columns shows what has room, and the last line', (rows, columns, shown) => {
  expect(fitting(lines, rows, columns)).toEqual(shown);
});

it('a line that is wrapped takes several rows; colours take no room', () => {
  const wide = ['x'.repeat(41), `\u001B[32m${'y'.repeat(40)}\u001B[39m`, 'last'];
  expect(fitting(wide, 4, 40)).toEqual(['... 2 more lines in a taller window', 'last']);
  expect(fitting(wide, 5, 40)).toEqual(wide);
  expect(fitting(wide.slice(1), 3, 40)).toEqual(wide.slice(1));
});

it('a screen on a terminal does not scroll; in a file it is whole', () => {
  const drawn = (isTTY: boolean): string => {
    const pieces: string[] = [];
    const stdout = { isTTY, columns: 80, rows: 5, write: (piece: string) => void pieces.push(piece) };
    createTerminal({ stdout, stderr: stdout, stdin: {}, environment: { TERM: 'xterm' } }).screen(lines);
    return pieces.join('');
  };
  expect(drawn(true).split('\n')).toHaveLength(5);
  expect(drawn(true)).toContain('2 more lines');
  expect(drawn(false)).toBe(`${lines.join('\n')}\n\n`);
});
