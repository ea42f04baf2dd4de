import { describe, expect, it } from 'vitest';
import { colours } from '../../src/terminal/index.js';
import { wrapped } from '../../src/terminal/wrapped.js';

describe('a line that is wider than the window', () => {
  it.each([
    ['short enough', 40, ['short enough']],
    ['a text of several words that is too wide', 20, ['a text of several', '  words that is too', '  wide']],
    [
      'stage name   a text that is much too wide for it',
      32,
      ['stage name   a text that is much', '               too wide for it'],
    ],
    ['              one two three four five six', 24, ['              one two', '    three four five six']],
    [`x ${'y'.repeat(30)} z`, 20, ['x', `  ${'y'.repeat(30)}`, '  z']],
    ['two\nlines of a text that is not ours', 20, ['two\nlines of a text that is not ours']],
  ])('%j in %i columns', (line, columns, lines) => {
    expect(wrapped(line, columns)).toEqual(lines);
  });

  it('has colours that take no room', () => {
    const { info, dim } = colours(true);
    const line = `${info('label')}  ${dim('one two three')} four`;
    expect(wrapped(line, 25)).toEqual([line]);
    expect(wrapped(line, 21)).toEqual([`${info('label')}  ${dim('one two three')}`, '         four']);
  });
});
