import { describe, expect, it } from 'vitest';
import { at, names, refused, server, webConfig } from './support.js';

const iisnode = 'system.webServer/iisnode';
const inLocation = (attributes: string, inner: string): string =>
  `<location ${attributes}><system.webServer>${inner}</system.webServer></location>`;
const file = (...parts: readonly string[]): string => `<configuration>${parts.join('\n')}</configuration>`;
const maxLogFiles = (value: number): string => `<iisnode maxLogFiles="${value}" />`;
const appHost = (extra: string) => (text: string) => text.replace('</configuration>', `${extra}</configuration>`);

describe('<location>', () => {
  it('in applicationHost.config starts with the name of the site, in any case', () => {
    const model = server({ edit: appHost(inLocation('path="DEFAULT web site/Dante"', maxLogFiles(5))) });
    const value = (path: string): number => model.effective(iisnode, at(model, path)).number('maxLogFiles');
    expect([value('/'), value('/dante'), value('/dante/x/y'), value('/dantes')]).toEqual([20, 5, 5, 20]);
  });

  it('in a web.config is relative to its folder and may name a file', () => {
    const model = server({
      files: { '/apps/dante/web.config': file(inLocation('path="img/x.png"', maxLogFiles(3))) },
    });
    const section = model.effective(iisnode, at(model, '/dante/img/x.png'));
    expect(section.number('maxLogFiles')).toBe(3);
    expect(section.origin('maxLogFiles')).toMatchObject({
      basePath: '/dante/img/x.png',
      configPath: 'MACHINE/WEBROOT/APPHOST/Default Web Site/dante/img/x.png',
    });
    expect(model.effective(iisnode, at(model, '/dante/img/y.png')).number('maxLogFiles')).toBe(20);
    expect(model.effective(iisnode, at(model, '/img/x.png')).number('maxLogFiles')).toBe(20);
  });

  it.each(['path="."', 'path=""', ''])('with %s means this level', (attributes) => {
    const model = server({ files: { '/srv/web.config': file(inLocation(attributes, maxLogFiles(4))) } });
    expect(model.effective(iisnode, at(model, '/x')).number('maxLogFiles')).toBe(4);
  });

  it('of a less specific path is applied first, in any order of the file', () => {
    const deep = inLocation('path="a/b"', maxLogFiles(2));
    const shallow = inLocation('path="a"', maxLogFiles(1));
    const model = server({ files: { '/srv/web.config': file(deep, shallow) } });
    expect(model.effective(iisnode, at(model, '/a/b/c')).number('maxLogFiles')).toBe(2);
  });

  it('of the server is applied before the web.config files below it', () => {
    const model = server({
      edit: appHost(inLocation('path="Default Web Site"', maxLogFiles(5))),
      files: { '/srv/web.config': webConfig(maxLogFiles(6)) },
    });
    expect(model.effective(iisnode, at(model, '/')).number('maxLogFiles')).toBe(6);
  });

  it('rejects attributes that only start like a declaration of a namespace', () => {
    const text = file(inLocation('path="a" xmlns="u" xmlns:b="v" xmlnsfoo="1"', maxLogFiles(1)));
    const model = server({ files: { '/srv/web.config': text } });
    expect(refused(() => model.check(at(model, '/'))).message).toBe("Unrecognized attribute 'xmlnsfoo'");
  });

  it('may repeat a path with other sections, not with the same one', () => {
    const documents = '<defaultDocument enabled="false" />';
    const good = file(inLocation('path="a"', maxLogFiles(1)), inLocation('path="a"', documents));
    const bad = file(inLocation('path="a"', maxLogFiles(1)), inLocation('path="A"', maxLogFiles(2)));
    const model = (text: string) => server({ files: { '/srv/web.config': text } });
    expect(() => model(good).check(at(model(good), '/a'))).not.toThrow();
    const broken = model(bad);
    expect(refused(() => broken.check(at(broken, '/'))).message).toBe(
      "There is a duplicate 'system.webServer/iisnode' section defined",
    );
  });

  it('with path="." must not have a section that is also outside it', () => {
    const model = server({
      files: {
        '/srv/web.config': file(
          `<system.webServer>${maxLogFiles(1)}</system.webServer>`,
          inLocation('', maxLogFiles(2)),
        ),
      },
    });
    expect(refused(() => model.check(at(model, '/'))).kind).toBe('duplicate-section');
  });

  it('with inheritInChildApplications="false" does not apply to a child application, but to a folder', () => {
    const text = file(inLocation('path="." inheritInChildApplications="false"', maxLogFiles(9)));
    const model = server({ files: { '/srv/web.config': text } });
    const value = (path: string): number => model.effective(iisnode, at(model, path)).number('maxLogFiles');
    expect([value('/'), value('/folder/x'), value('/dante'), value('/dante/x')]).toEqual([9, 9, 20, 20]);
  });

  it.each([
    ['overrideMode="Allow" allowOverride="true"', 'bad-location'],
    ['overrideMode="Perhaps"', 'invalid-value'],
    ['allowOverride="yes"', 'invalid-value'],
    ['inheritInChildApplications="no"', 'invalid-value'],
    ['wrong="1"', 'unknown-attribute'],
  ])('rejects %s', (attributes, kind) => {
    const model = server({ files: { '/srv/web.config': file(inLocation(attributes, maxLogFiles(1))) } });
    expect(refused(() => model.check(at(model, '/'))).kind).toBe(kind);
  });

  it('is not nested', () => {
    const nested = file(`<location path="a">${inLocation('path="b"', maxLogFiles(1))}</location>`);
    const model = server({ files: { '/srv/web.config': nested } });
    expect(refused(() => model.check(at(model, '/'))).message).toBe("Unrecognized element 'location'");
  });

  it('that starts with a slash matches nothing, and a note says so', () => {
    const model = server({ files: { '/srv/web.config': file(inLocation('path="/a"', maxLogFiles(1))) } });
    expect(model.effective(iisnode, at(model, '/a')).number('maxLogFiles')).toBe(20);
    expect(model.notes(at(model, '/a')).map(({ kind }) => kind)).toContain('never-matches');
  });
});

describe('a location whose path matches no URL', () => {
  it.each([
    ['*.png', 'cannot have'],
    ['a\\b', 'cannot have'],
    ['a?', 'cannot have'],
    ['a,b', 'one name, not a list'],
  ])('%s is noted', (path, message) => {
    const model = server({ files: { '/srv/web.config': file(inLocation(`path="${path}"`, maxLogFiles(3))) } });
    const found = model.notes(at(model, '/')).filter(({ kind }) => kind === 'never-matches');
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining(message)]);
    expect(found[0]?.section).toBe(iisnode);
  });

  it.each(['a/b', 'a b', '.', 'img/x.png'])('%s is not', (path) => {
    const model = server({ files: { '/srv/web.config': file(inLocation(`path="${path}"`, maxLogFiles(3))) } });
    expect(model.notes(at(model, '/')).filter(({ kind }) => kind === 'never-matches')).toEqual([]);
  });
});

describe('handlers in a location', () => {
  it('come before those of its own file', () => {
    const add = (name: string): string =>
      `<handlers><add name="${name}" path="${name}.js" verb="*" modules="iisnode" /></handlers>`;
    const text = file(`<system.webServer>${add('outer')}</system.webServer>`, inLocation('path="a"', add('inner')));
    const model = server({ files: { '/srv/web.config': text } });
    expect(names(model, 'system.webServer/handlers', '/a/x').slice(0, 2)).toEqual(['inner', 'outer']);
  });
});
