import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packageName } from '../../src/scaffold/names.js';
import { vdirPathOf } from '../../src/webconfig/index.js';

describe('a package name', () => {
  it.each([
    ['/home/me/dante', 'dante'],
    ['/home/me/Dante', 'dante'],
    ['/home/me/My Great App!', 'my-great-app'],
    ['/home/me/.hidden', 'hidden'],
    ['/home/me/Göttliche Komödie', 'gottliche-komodie'],
    ['/home/me/神曲', 'app'],
    ['/', 'app'],
    ['/home/me/socket.io', 'socket.io-app'],
    ['/home/me/node_modules', 'node_modules-app'],
    [`/home/me/${'a'.repeat(199)}.b`, 'a'.repeat(199)],
  ])('of %s is %s', (directory, name) => {
    expect(packageName(directory)).toBe(name);
  });

  it('is always one that npm takes, and a good segment of a vdir path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const name = packageName(`/x/${text}`);
        expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,213}$/);
        expect(vdirPathOf(`/${name}`)).toBe(`/${name}`);
      }),
      { numRuns: 500 },
    );
  });
});
