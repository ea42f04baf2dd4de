import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseValue, sectionSchema } from '../../src/config/index.js';
import { UserError } from '../../src/errors.js';
import { vdirPathOf } from '../../src/webconfig/index.js';

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
    ['/a;b', /characters/],
    ['/a@b', /characters/],
    ['/a,b', /characters/],
    ['/$a', /characters/],
    ['/a=b&c', /characters/],
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

  it('is one that IIS takes, and taken as it is when given back', () => {
    const applications = sectionSchema('system.applicationHost/sites')?.element?.collection?.entry.collection?.entry;
    const rule = applications?.attributes.get('path');
    expect(rule).toBeDefined();
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
          expect(rule && parseValue(rule, once)).not.toHaveProperty('problem');
        },
      ),
      { numRuns: 500 },
    );
  });
});
