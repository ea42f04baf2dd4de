import { describe, expect, it } from 'vitest';
import { at, names, refused, server, webConfig } from './support.js';

const iisnode = 'system.webServer/iisnode';
const inLocation = (attributes: string, inner: string): string =>
  `<location ${attributes}><system.webServer>${inner}</system.webServer></location>`;
const file = (...parts: readonly string[]): string => `<configuration>${parts.join('\n')}</configuration>`;
const maxLogFiles = (value: number): string => `<iisnode maxLogFiles="${value}" />`;
const appHost = (...parts: readonly string[]) => ({
  edit: (text: string) => text.replace('</configuration>', `${parts.join('')}</configuration>`),
});
const handler = (name: string): string =>
  `<handlers><add name="${name}" path="${name}.js" verb="*" modules="iisnode" /></handlers>`;

describe('sections are merged level by level', () => {
  it("a location of the server for an application is applied before the site root's web.config", () => {
    const model = server({
      ...appHost(inLocation('path="Default Web Site/dante"', maxLogFiles(5))),
      files: { '/srv/web.config': webConfig(maxLogFiles(6)) },
    });
    const value = (path: string): number => model.effective(iisnode, at(model, path)).number('maxLogFiles');
    expect([value('/'), value('/dante'), value('/dante/x')]).toEqual([6, 5, 5]);
  });

  it("and the application's own web.config has priority over both", () => {
    const model = server({
      ...appHost(inLocation('path="Default Web Site/dante"', maxLogFiles(5))),
      files: { '/srv/web.config': webConfig(maxLogFiles(6)), '/apps/dante/web.config': webConfig(maxLogFiles(7)) },
    });
    expect(model.effective(iisnode, at(model, '/dante')).number('maxLogFiles')).toBe(7);
  });

  it("at one level the server's location comes first, then the site's, then the level's own file", () => {
    const files = {
      '/srv/web.config': file(inLocation('path="dante"', handler('site'))),
      '/apps/dante/web.config': webConfig(handler('own')),
    };
    const model = server({
      ...appHost(inLocation('path="Default Web Site/dante"', handler('server'))),
      files,
    });
    // Entries of a level are before those of the levels above: the last one merged is the first.
    expect(names(model, 'system.webServer/handlers', '/dante').slice(0, 3)).toEqual(['own', 'site', 'server']);
  });

  it('a location for a deeper folder has priority over the web.config of a folder above it', () => {
    const model = server({
      files: {
        '/srv/web.config': file(inLocation('path="a/b"', maxLogFiles(1))),
        '/srv/a/web.config': webConfig(maxLogFiles(2)),
      },
    });
    const value = (path: string): number => model.effective(iisnode, at(model, path)).number('maxLogFiles');
    expect([value('/a'), value('/a/b/c')]).toEqual([2, 1]);
  });

  it('an entry that the level above added cannot be added again by a location', () => {
    const model = server({
      ...appHost(inLocation('path="Default Web Site/dante"', handler('x'))),
      files: { '/srv/web.config': webConfig(handler('x')) },
    });
    expect(refused(() => model.effective('system.webServer/handlers', at(model, '/dante')))).toMatchObject({
      kind: 'duplicate-entry',
      file: '/iis/applicationHost.config',
    });
  });

  it('the override mode of the deepest level is used, from any file', () => {
    const lock = file(inLocation('path="." overrideMode="Deny"', '<iisnode />'));
    const files = { '/srv/web.config': lock, '/apps/dante/web.config': webConfig(maxLogFiles(7)) };
    const opened = server({
      ...appHost(inLocation('path="Default Web Site/dante" overrideMode="Allow"', '<iisnode />')),
      files,
    });
    expect(opened.errors(at(opened, '/dante'))).toEqual([]);
    const locked = server({
      ...appHost(inLocation('path="Default Web Site" overrideMode="Allow"', '<iisnode />')),
      files,
    });
    expect(refused(() => locked.check(at(locked, '/dante'))).kind).toBe('section-locked');
  });

  it('the finer locks of a web.config do not apply to the server above it', () => {
    const model = server({
      ...appHost(inLocation('path="Default Web Site/dante"', maxLogFiles(5))),
      files: { '/srv/web.config': webConfig('<iisnode lockAttributes="maxLogFiles" />') },
    });
    expect(model.effective(iisnode, at(model, '/dante')).number('maxLogFiles')).toBe(5);
  });
});

it('a level is one object for all paths with the same files', () => {
  const location = file(inLocation('path="img"', maxLogFiles(3)));
  const model = server({ files: { '/srv/web.config': location, '/apps/dante/web.config': webConfig(maxLogFiles(7)) } });
  const level = (path: string): object => model.level(at(model, path));
  expect(level('/a/b')).toBe(level('/'));
  expect(level('/dante/x.js')).toBe(level('/dante'));
  expect(new Set(['/', '/img', '/dante'].map(level)).size).toBe(3);
});
