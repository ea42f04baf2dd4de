import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOneLine, upTo, withoutEnd, withoutStart } from '../src/trimmed.js';
import { growth, linear } from './support/growth.js';

const text = fc.stringMatching(/^[/\\ ab?#\n.-]{0,12}$/);

describe('trimming says what the pattern says', () => {
  it.each<[string, (value: string) => string, (value: string) => string]>([
    ['/\\/+$/', (value) => withoutEnd(value, '/'), (value) => value.replace(/\/+$/, '')],
    ['/[\\\\/]+$/', (value) => withoutEnd(value, '\\/'), (value) => value.replace(/[\\/]+$/, '')],
    ['/^\\/+/', (value) => withoutStart(value, '/'), (value) => value.replace(/^\/+/, '')],
    ['/[?#].*$/s', (value) => upTo(value, '?#'), (value) => value.replace(/[?#].*$/s, '')],
    ['/\\s*\\n\\s*/g', inOneLine, (value) => value.replace(/\s*\n\s*/g, ' ')],
  ])('%s', (_pattern, by, expected) => {
    fc.assert(
      fc.property(text, (value) => {
        expect(by(value)).toBe(expected(value));
      }),
    );
  });
});

describe('trimming takes the time of the length alone', () => {
  it.each<[string, (size: number) => unknown]>([
    ['slashes before the end', (size) => withoutEnd(`${'/'.repeat(size)}x`, '/')],
    ['slashes at the end', (size) => withoutEnd('/'.repeat(size), '/')],
    ['question marks', (size) => upTo(`${'?'.repeat(size)}\n`, '#')],
    ['blanks in one line', (size) => inOneLine(`${' '.repeat(size)}x\n${'\n'.repeat(size)}`)],
  ])('%s', (_what, work) => {
    expect(growth(work, 3_000)).toBeLessThan(linear);
  });
});
