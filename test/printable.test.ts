import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableLines } from '../src/printable.js';

/** Characters that control a terminal or reorder a line: none of them must stay in a text. */
const steering =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  /[\0-\x08\n-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u206F\uFFF9-\uFFFB]/;

describe('a line of text of others', () => {
  it.each([
    ['\u001B]52;c;cm0gLXJm\u0007', '\\x1b]52;c;cm0gLXJm\\x07', 'writes to the clipboard (OSC 52)'],
    ['\u001B]0;root\u001B\\', '\\x1b]0;root\\x1b\\', 'sets the title'],
    ['\u001B[2J\u001B[1;1H', '\\x1b[2J\\x1b[1;1H', 'clears the screen (CSI)'],
    ['\u009B2J\u009D0;x\u009C', '\\x9b2J\\x9d0;x\\x9c', 'the same with C1'],
    ['\u001B[31mred\u001B[0m', '\\x1b[31mred\\x1b[0m', 'colours of its own'],
    ['ok\rfailed', 'ok\\rfailed', 'writes over the line'],
    ['secret\b\b\b', 'secret\\x08\\x08\\x08', 'goes back'],
    ['a\0b\u007F', 'a\\x00b\\x7f', 'NUL and DEL'],
    ['one\ntwo\u2028three\u2029four\u0085', 'one\\ntwo\\u2028three\\u2029four\\x85', 'begins another line'],
    ['\u202Egnp.exe', '\\u202egnp.exe', 'turns the direction'],
    ['\u2066a\u2069\u061C\u200F', '\\u2066a\\u2069\\u061c\\u200f', 'isolates and marks'],
    ['\uFDD0x\uFFFF', '\\ufdd0x\\uffff', 'code points that are no characters'],
    ['\u{1FFFE}\u{E0001}', '\\ud83f\\udffe\\udb40\\udc01', 'beyond U+FFFF'],
    ['\uD800x', '\\ud800x', 'half a pair'],
  ])('shows %j as %s: %s', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it.each(['a\tb', 'C:\\temp\\x1b', 'Sì, però', '地獄', 'שלום', '👩‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'نمی‌خواهم'])(
    'leaves %j as it is',
    (text) => {
      expect(printable(text)).toBe(text);
    },
  );

  it('has no control characters left, for any text, and is the same when escaped twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(steering);
        expect(printable(printable(text))).toBe(printable(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('text of several lines', () => {
  it('keeps LF and CRLF, and shows a CR alone', () => {
    expect(printableLines('a\nb\r\nc\rd\r\r\n\u001Be')).toBe('a\nb\r\nc\\rd\\r\r\n\\x1be');
  });
});

describe('JSON text', () => {
  it('is the same value with every control character escaped', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = JSON.stringify(value, undefined, 2);
        const safe = printableJson(text);
        expect(safe.replaceAll('\n', '')).not.toMatch(steering);
        expect(JSON.parse(safe)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('escapes C1, DEL, the separators and the bidirectional controls', () => {
    expect(printableJson(JSON.stringify('\u009B\u007F\u2028\u2029\u202E'))).toBe(
      '"\\u009b\\u007f\\u2028\\u2029\\u202e"',
    );
  });
});
