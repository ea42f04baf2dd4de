import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../src/source/index.js';

/** The fault, with what stands at its place. */
function faultOf(text: string): { message: string; at: string } | undefined {
  const fault = findJsonFault(text);
  return fault && { message: fault.message, at: text.slice(fault.offset, fault.offset + 6) };
}

describe('findJsonFault', () => {
  it.each([
    ['{ "a": 1, }', 'There is a comma before the }.', ', }'],
    ['{ "a": [1, 2,\n] }', 'There is a comma before the ].', ',\n] }'],
    ['{\n  // the name\n  "a": 1 }', 'There is a comment, which JSON does not have.', '// the'],
    ['{ "a": 1 /* one */ }', 'There is a comment, which JSON does not have.', '/* one'],
    ["{ 'a': 1 }", 'There are single quotes; JSON has only double quotes.', "'a': 1"],
    ['{ a: 1 }', 'There is "a" where a name in double quotes should be.', 'a: 1 }'],
    ['', 'It is empty.', ''],
    [' \r\n', 'It is empty.', ' \r\n'],
    ['{ "a": 1', 'It ends too early: its last { is not closed.', ''],
    ['{ "a": [1', 'It ends too early: its last [ is not closed.', ''],
    ['{ "a": "one', 'A string is not closed before its line ends.', '"one'],
    ['{ "a": "one\n" }', 'A string is not closed before its line ends.', '"one\n"'],
    ['{ "a": "C:\\dir" }', 'There is a single backslash in a string: write two.', '\\dir" '],
    ['{ "a": "b\tc" }', 'There is "\\t" in a string.', '\tc" }'],
    ['{ "a": 1 } }', 'There is "}" where the end of the file should be.', '}'],
    ['{ "a": 1 "b": 2 }', 'There is a string where a comma or } should be.', '"b": 2'],
    ['{ "a" 1 }', 'There is "1" where a colon should be.', '1 }'],
    ['{ "a": }', 'There is "}" where a value should be.', '}'],
    ['{ "a": undefined }', 'There is "undefined" where a value should be.', 'undefi'],
    ['{ "a": NaN }', 'There is "NaN" where a value should be.', 'NaN }'],
    ['{ "a": 01 }', 'There is "01" where a value should be.', '01 }'],
    ['{ "a": .5 }', 'There is ".5" where a value should be.', '.5 }'],
    ['<<<<<<< HEAD\n{}', 'There is a merge conflict marker.', '<<<<<<'],
    ['{ "a": 1,\n=======\n}', 'There is a merge conflict marker.', '======'],
    ['{ "a": [1, 2} }', 'There is "}" where a comma or ] should be.', '} }'],
    ['{ "a": 1\u00a0}', 'There is "\u00a0" where a comma or } should be.', '\u00a0}'],
    ['\ufeff{}', 'There is "\ufeff" where a value should be.', '\ufeff{}'],
  ])('%j: %s', (text, message, at) => {
    expect(faultOf(text)).toEqual({ message, at });
  });

  it.each([
    '{}',
    '[]',
    '0',
    '-0.5e+7',
    '"\u2028\x7f\x9f\ud800"',
    '{"a":{"b":[{},[[]],null,true,"\\u00e4\\n"]}}',
    ' [ 1 , { "a" : 2 } ] \n',
  ])('finds nothing in %j', (text) => expect(faultOf(text)).toBeUndefined());

  it('gives a place of its own wherever JSON.parse refuses a text', () => {
    const good = '{ "name": "app", "n": [1, -2.5e3, {}, [], true, null], "o": { "s": "\\"\\\\ \\u0041" } }\n';
    const wrong = ['', ' ', ',', '"', '}', ']', '{', '[', ':', 'x', '\\', '/', '\n', '\t', '0', '-', "'"];
    const own = /^(It is empty|It ends too early|A string is not closed|There (is|are) )/;
    let refused = 0;
    for (let at = 0; at <= good.length; at++) {
      for (const text of [
        ...wrong.map((each) => good.slice(0, at) + each + good.slice(at)),
        good.slice(0, at) + good.slice(at + 1),
        good.slice(0, at),
      ]) {
        const fault = findJsonFault(text);
        if (fault === undefined) continue;
        refused += 1;
        expect(fault.message, text).toMatch(own);
        expect(fault.offset, text).toBeLessThanOrEqual(text.length);
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('takes a text that nests very deep', () => {
    expect(faultOf('['.repeat(100_000))?.message).toBe('It ends too early: its last [ is not closed.');
  });
});
