import { describe, expect, it } from 'vitest';
import { codePageOf, decodeConsole, readConsole } from '../../src/appcmd/index.js';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** As Windows's own WideCharToMultiByte writes the words. */
const written: readonly (readonly [codePage: number, text: string, hex: string])[] = [
  [437, 'Müller', '4d 81 6c 6c 65 72'],
  [850, 'Größe Ø', '47 72 94 e1 65 20 9d'],
  [852, 'Łódź', '9d a2 64 ab'],
  [866, 'Москва', '8c ae e1 aa a2 a0'],
  [932, '東京', '93 8c 8b 9e'],
  [936, '北京', 'b1 b1 be a9'],
  [949, '서울', 'bc ad bf ef'],
  [1250, 'Łódź', 'a3 f3 64 9f'],
  [1251, 'Москва', 'cc ee f1 ea e2 e0'],
  [65001, 'Łódź 東京', 'c5 81 c3 b3 64 c5 ba 20 e6 9d b1 e4 ba ac'],
];

describe('text of a console', () => {
  it.each(written)('in code page %i is read as %s', async (number, text, hex) => {
    expect(await readConsole(bytes(hex), () => codePageOf(number))).toBe(text);
  });

  it('asks for the code page only where there are letters outside ASCII', async () => {
    const ask = () => Promise.reject(new Error('asked'));
    expect(await readConsole(Buffer.from('SITE "Default Web Site" (id:1)'), ask)).toBe(
      'SITE "Default Web Site" (id:1)',
    );
  });

  it.each([
    [866, 'e2 a0 ac', 'там'], // as UTF-8 it would be a sign of Braille
    [866, 'e1 a0 a4', 'сад'],
    [866, 'd1 82 d0 b0 d0 bc', 'там'], // UTF-8: the letters are those of the code page
    [850, 'c3 bc', 'ü'],
    [850, 'c5 81 c3 b3 64 c5 ba', 'Łódź'], // UTF-8 beyond the code page: the other reading is no word
  ])('of two possible readings in code page %i of %s takes %s', async (number, hex, text) => {
    expect(decodeConsole(bytes(hex), await codePageOf(number))).toBe(text);
  });

  it('has no letters that were guessed where the code page is unknown', async () => {
    expect(decodeConsole(bytes('4d 81 6c 6c 65 72'))).toBe('M\ufffdller');
    expect(await codePageOf(99_999)).toBeUndefined();
  });
});
