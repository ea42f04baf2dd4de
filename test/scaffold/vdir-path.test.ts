import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { packageName } from '../../src/scaffold/names.js';
import { vdirPathOf } from '../../src/scaffold/vdir-path.js';

describe('a vdir path', () => {
  it.each([
    ['/', '/'],
    ['/dante', '/dante'],
    ['/dante/', '/dante'],
    ['/apps/dante', '/apps/dante'],
    ['/Dante-2.0_x~', '/Dante-2.0_x~'],
    ['/my app', '/my app'],
  ])('%s is taken as %s', (given, wanted) => {
    expect(vdirPathOf(given)).toBe(wanted);
  });

  it.each([
    ['dante', /start with/],
    ['', /start with/],
    ['C:/Program Files/Git/dante', /Git Bash/],
    ['http://localhost/dante', /URL/],
    ['/a\\b', /separates/],
    ['//', /empty segment/],
    ['//dante', /empty segment/],
    ['/a//b', /empty segment/],
    ['/dante//', /empty segment/],
    ['/./a', /"\.\."/],
    ['/a/..', /"\.\."/],
    ['/a?b', /end a URL/],
    ['/a#b', /end a URL/],
    ['/a%20b', /characters/],
    ['/a*b', /characters/],
    ['/a:b', /characters/],
    ['/a\u0000', /characters/],
    ['/a+b', /404\.11/],
    ['/a./b', /end of a segment/],
    ['/a ', /end of a segment/],
  ])('%j is refused, with the rule it breaks', (given, why) => {
    try {
      vdirPathOf(given);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({ code: 'VDIR_PATH_INVALID', exit: 'usage', why: expect.stringMatching(why) });
    }
  });

  it('is taken as it is when given back: whatever is accepted is accepted again, unchanged', () => {
    fc.assert(
      fc.property(
        fc.string().map((text) => `/${text}`),
        (text) => {
          let once: string;
          try {
            once = vdirPathOf(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
            return;
          }
          expect(vdirPathOf(once)).toBe(once);
          expect(once === '/' || !once.endsWith('/')).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});

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
