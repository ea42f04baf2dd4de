import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseValue, sectionSchema } from '../../src/config/index.js';
import { UserError } from '../../src/errors.js';
import { completedVdirPath, vdirPathAmong, vdirPathOf } from '../../src/webconfig/index.js';
import { serverOf } from './site.js';

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

  it.each([
    ['dante', '/dante'],
    ['/dante/', '/dante'],
    ['\\a\\b', '/a/b'],
    ['/', '/'],
    ['', '/'],
  ])('%j may be meant for %s', (given, wanted) => {
    expect(completedVdirPath(given)).toBe(wanted);
  });

  it.each(['C:/Program Files/Git/dante', 'http://localhost/dante', 'a/../b'])('%s is meant for none', (given) => {
    expect(() => completedVdirPath(given)).toThrow(expect.objectContaining({ code: 'VDIR_PATH_INVALID' }));
  });

  it('is accepted by IIS, and unchanged when it is read again', () => {
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

describe('the vdir path in a web.config', () => {
  const named = (settings: string): string | undefined => {
    const { model, at } = serverOf(`<configuration>${settings}</configuration>`, '/dante');
    const { items } = model.effective('appSettings', at);
    return vdirPathAmong(
      items.map((add) => ({ key: add.string('key'), value: add.string('value'), origin: add.origin() })),
    )?.path;
  };
  const add = (key: string, value: string): string => `<add key="${key}" value="${value}" />`;
  const within = (location: string, settings: string): string =>
    `<location path="${location}"><appSettings>${settings}</appSettings></location>`;

  it('is that of virtualDirPath, before any other possible path', () => {
    const settings = `<appSettings>${add('basePath', '/old')}${add('virtualDirPath', '/new')}</appSettings>`;
    expect(named(settings)).toBe('/new');
    expect(named(`<appSettings>${add('basePath', '/old')}</appSettings>`)).toBe('/old');
  });

  it("is the one of the web.config's own folder, not of one below", () => {
    expect(named(within('.', add('virtualDirPath', '/dante')))).toBe('/dante');
    expect(named(within('admin', add('virtualDirPath', '/dante')))).toBeUndefined();
  });

  it('is not one that is removed again', () => {
    expect(named(`<appSettings>${add('virtualDirPath', '/a')}<clear />${add('basePath', '/b')}</appSettings>`)).toBe(
      '/b',
    );
  });
});
