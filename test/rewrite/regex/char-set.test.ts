import { expect, it } from 'vitest';
import { charBits, charTest } from '../../../src/rewrite/regex/char-set.js';
import { literal } from '../../../src/rewrite/regex/literal.js';

it.each([true, false])('a literal character stands for what RegExp says it does (ignoreCase %s)', (ignoreCase) => {
  for (let code = 0; code < 128; code++) {
    const node = literal(String.fromCharCode(code));
    if (node.type !== 'set') throw new Error('a literal is one character');
    const regExp = new RegExp(`^${node.source}$`, ignoreCase ? 'i' : '');
    const test = charTest(node, ignoreCase);
    const bits = charBits(node, ignoreCase);
    const members = (holds: (other: number) => boolean) => Array.from({ length: 128 }, (_, other) => holds(other));
    const expected = members((other) => regExp.test(String.fromCharCode(other)));
    expect(members(test), node.source).toEqual(expected);
    expect(
      members((other) => ((bits >> BigInt(other)) & 1n) === 1n),
      node.source,
    ).toEqual(expected);
  }
});
