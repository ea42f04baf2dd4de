import { expect, it } from 'vitest';
import { mayMatch, patternMatches, patternShape } from '../../src/rewrite/index.js';

it.each([
  ['^/api/', ['/api/'], true],
  ['(.*)/$', ['q/'], false],
  ['^a|^b', ['a', 'b'], true],
  ['^/?api', ['api'], true],
  ['(css|img)/[0-9]+\\.png', ['css/7.png', 'img/7.png'], false],
  ['^(a|b)(x{2})?$', ['a', 'b'], true],
])('gives a sample for each alternative of %s', (pattern, samples, isAnchored) => {
  expect(patternShape(pattern, 'ECMAScript')).toMatchObject({ samples, isAnchored });
});

it('leaves out samples that the pattern does not match', () => {
  expect(patternShape('^(?!api).*', 'ECMAScript')?.samples).toEqual(['q']);
  expect(patternShape('^(?=api)x', 'ECMAScript')?.samples).toEqual([]);
});

it('counts the groups of each syntax', () => {
  expect(patternShape('(a)(?:b)(c)', 'ECMAScript')?.groups).toBe(2);
  expect(patternShape('*/*.html', 'Wildcard')?.groups).toBe(2);
  expect(patternShape('(a)', 'ExactMatch')?.groups).toBe(0);
});

it('sees a slash that is repeated at the end, and not one before an end', () => {
  const ends = (text: string) => patternShape(text, 'ECMAScript')?.endsInSlashes;
  expect([ends('/*'), ends('api\\/*'), ends('api/*$'), ends('api/.*')]).toEqual([true, true, false, false]);
});

it('has no shape for a pattern that URL Rewrite refuses, which matches no input', () => {
  expect(patternShape('*.js', 'ECMAScript')).toBeUndefined();
  expect(patternMatches('*.js', 'ECMAScript', 'a.js')).toBe(false);
  expect(patternMatches('*.js', 'Wildcard', 'a.js')).toBe(true);
});

it('says that an expression of a script may match where it would take too long, or has another syntax', () => {
  expect([mayMatch(/^\/room-\d+$/, '/room-12'), mayMatch(/^\/ROOM$/i, '/room'), mayMatch(/^\/room$/, '/hall')]).toEqual(
    [true, true, false],
  );
  expect(mayMatch(/^\/(a+)+$/, `/${'a'.repeat(40)}!`)).toBe(true);
  expect(mayMatch(/(?<name>x)(?<=x)/, 'y')).toBe(true);
});
