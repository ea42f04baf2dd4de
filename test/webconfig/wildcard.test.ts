import { expect, it } from 'vitest';
import { watchedNameMatches } from '../../src/webconfig/index.js';

it.each([
  ['*.js', 'Server.JS', true],
  ['*.js', 'server.json', false],
  ['*.*', 'LICENSE', true],
  ['a?.js', 'ab.js', true],
  ['a?.js', 'a.js', false],
  ['*', 'x', true],
  ['(x).js', '(X).js', true],
  ['*.js', 'a\n.js', true],
])('%s against the name %j: %s', (pattern, name, matches) => {
  expect(watchedNameMatches(pattern, name)).toBe(matches);
});

it('a pattern of many stars does not take long', () => {
  expect(watchedNameMatches(`${'*a'.repeat(40)}b`, 'a'.repeat(200))).toBe(false);
});
