import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cookUrl } from '../../src/rewrite/index.js';

describe('cookUrl', () => {
  it.each([
    ['/', '/', ''],
    ['/a/b?c=d?e', '/a/b', 'c=d?e'],
    ['/a%20b', '/a b', ''],
    ['/a%2Fb', '/a/b', ''],
    ['/a%2520b', '/a%20b', ''],
    ['/%E2%82%AC', '/€', ''],
    ['/%u20AC', '/€', ''],
    ['/%FC', '/ü', ''],
    ['/\xe2\x82\xac', '/€', ''],
    ['/€/é', '/€/\u00e9', ''],
    ['//a///b', '/a/b', ''],
    ['/x/%2F%2Fy', '/x/y', ''],
    ['/https%3A%2F%2Fhost', '/https:/host', ''],
    ['/a/./b', '/a/b', ''],
    ['/a/../b', '/b', ''],
    ['/a/%2e%2e/b', '/b', ''],
    ['/../../b', '/b', ''],
    ['/a/..', '/', ''],
    ['/a/b/..', '/a/', ''],
    ['/a/.', '/a/', ''],
    ['/a\\b', '/a/b', ''],
    ['/a\\..\\b', '/b', ''],
    ['/.a/..b/c..', '/.a/..b/c..', ''],
    ['/CaSe/', '/CaSe/', ''],
    ['/a?q=%20%zz', '/a', 'q=%20%zz'],
    ['/a+b', '/a+b', ''],
    ['http://example.org/a?b', '/a', 'b'],
    ['HTTPS://example.org', '/', ''],
    ['http://example.org?b', '/', 'b'],
    ['*', '/*', ''],
  ])('%s -> %s ? %s', (target, path, query) => {
    const expected = path.replace('é', '\u00e9');
    const cooked = cookUrl(target.replace('é', encodeURIComponent('é')));
    expect(cooked).toEqual({ path: expected, query });
  });

  it.each([
    ['/%', 'is not a percent escape'],
    ['/%zz', '"%zz" is not a percent escape'],
    ['/a%2', 'is not a percent escape'],
    ['/%u12', 'is not a percent escape'],
    ['/%00', 'control character'],
    ['/a%0d%0ab', 'control character'],
    ['/%7f', 'control character'],
    ['a/b', 'neither a path nor an absolute URL'],
    ['', 'neither a path nor an absolute URL'],
    ['example.org:443', 'neither a path nor an absolute URL'],
    [`/${'a'.repeat(261)}`, 'longer than 260'],
    ['/a'.repeat(256), 'more than 255 segments'],
  ])('refuses %s', (target, why) => {
    const cooked = cookUrl(target);
    expect('error' in cooked ? cooked.error : cooked).toContain(why);
  });

  it('never throws and never leaves a dot segment, a double slash or a back-slash', () => {
    const unit = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '%2e',
      '%2F',
      '%5c',
      '%',
      'a',
      '?',
      '%u',
      '%C3',
      '%A9',
      'é',
      '€',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(unit).map((parts) => `/${parts.join('')}`),
          fc.string(),
        ),
        (target) => {
          const cooked = cookUrl(target);
          if ('error' in cooked) return;
          expect(cooked.path).toMatch(/^\//);
          expect(cooked.path).not.toMatch(/\/\/|\\|\/\.\.?(\/|$)/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
