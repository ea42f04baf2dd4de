import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IisnodeConfigError, parseIisnodeYml } from '../../src/webconfig/index.js';

const read = (text: string): [string, string][] => parseIisnodeYml(text).map(({ key, value }) => [key, value]);

describe('what iisnode reads from iisnode.yml', () => {
  it.each<[string, string, [string, string][]]>([
    [
      'a line for each setting',
      'a: 1\nb: 2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'CR, LF, CR LF, blank lines and spaces in front',
      'a: 1\r\r\n\n   b: 2  \rc: 3',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ],
    ],
    [
      'no space behind the colon, spaces before it',
      'a:1\nb   : 2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['further colons in the value', 'p: C:\\node\\node.exe', [['p', 'C:\\node\\node.exe']]],
    [
      'a # ends the value anywhere, also in quotes',
      'a: 1#x\nb: "x # y"',
      [
        ['a', '1'],
        ['b', '"x'],
      ],
    ],
    ['quotes belong to the value', `a: "x y"`, [['a', '"x y"']]],
    ['lines of comment', '# a: 1\n   # b\nc: 3', [['c', '3']]],
    ['no value: the line is skipped', 'a:\nb: # c\nc: 1', [['c', '1']]],
    ['no nesting: an indented key is a key', 'parent:\n  a: 1', [['a', '1']]],
    [
      'a tab is no white space',
      '\ta: 1\nb:\ttrue',
      [
        ['\ta', '1'],
        ['b', '\ttrue'],
      ],
    ],
    ['a NUL byte ends the file', 'a: 1\n\0this is not read', [['a', '1']]],
    ['a byte-order mark is part of the first key', '\ufeffa: 1', [['\ufeffa', '1']]],
    ['an empty file', '', []],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('keeps the line and every occurrence of a key', () => {
    expect(parseIisnodeYml('\na: 1\n\nA: 2')).toEqual([
      { key: 'a', value: '1', line: 2 },
      { key: 'A', value: '2', line: 4 },
    ]);
  });

  it('reads bytes in the Western code page', () => {
    expect(parseIisnodeYml(Buffer.from([0x61, 0x3a, 0xe9]))).toEqual([{ key: 'a', value: 'é', line: 1 }]);
    expect(parseIisnodeYml(Buffer.from('\ufeffa: 1'))).toEqual([{ key: 'ï»¿a', value: '1', line: 1 }]);
  });

  it.each([
    ['free text', 'a: 1\nhello', 2],
    ['a document mark', '---\na: 1', 1],
    ['a list', 'a: 1\n- item', 2],
    ['a colon in front', ': 1', 1],
    ['a space inside the key', 'a b: 1', 1],
    ['a # before the colon', 'foo # a: b', 1],
    ['a # before the colon, no space', 'foo#a:b', 1],
    ['a line of tabs', '\n\t\t', 2],
    ['a comment behind a byte-order mark', '\ufeff# comment', 1],
  ])('refuses %s with 1032 and its line', (_, text, line) => {
    try {
      parseIisnodeYml(text);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof IisnodeConfigError)) throw error;
      expect([error.code, error.line]).toEqual([1032, line]);
    }
  });

  it('is read or rejected, with any content', () => {
    const piece = fc.constantFrom('a', ':', '#', ' ', '\t', '\r', '\n', '"', '\0', 'node_env', '-');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((parts) => parts.join('')),
          fc.uint8Array(),
        ),
        (source) => {
          try {
            for (const { key, value, line } of parseIisnodeYml(source)) {
              expect(key).not.toMatch(/[ :\r\n]|^$/);
              expect(value).not.toMatch(/^ |[#\r\n]| $|^$/);
              expect(line).toBeGreaterThan(0);
            }
          } catch (error) {
            if (!(error instanceof IisnodeConfigError)) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
