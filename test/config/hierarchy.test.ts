import { describe, expect, it } from 'vitest';
import { at, names, refused, reloaded, server, webConfig } from './support.js';

const documents = 'system.webServer/defaultDocument';
const iisnode = 'system.webServer/iisnode';

describe('the chain of files along a URL path', () => {
  it('uses the deepest explicit value and keeps the others', () => {
    const model = server({
      files: {
        '/srv/web.config': webConfig('<iisnode loggingEnabled="false" watchedFiles="*.ts" />'),
        '/apps/dante/web.config': webConfig('<iisnode watchedFiles="server.js" />'),
        '/apps/dante/deep/er/web.config': webConfig('<iisnode maxLogFiles="7" />'),
      },
    });
    const deep = model.effective(iisnode, at(model, '/dante/deep/er/file.js'));
    expect([deep.boolean('loggingEnabled'), deep.string('watchedFiles'), deep.number('maxLogFiles')]).toEqual([
      false,
      'server.js',
      7,
    ]);
    expect(model.effective(iisnode, at(model, '/dante/deep')).number('maxLogFiles')).toBe(20);
    expect(model.effective(iisnode, at(model, '/other')).string('watchedFiles')).toBe('*.ts');
  });

  it('follows the URL, not the disk: an application elsewhere inherits the web.config of the site root', () => {
    const add = '<add name="iisnode" path="server.js" verb="*" modules="iisnode" />';
    const model = server({ files: { '/srv/web.config': webConfig(`<handlers>${add}</handlers>`) } });
    expect(names(model, 'system.webServer/handlers', '/dante/x')[0]).toBe('iisnode');
  });

  it('merges child elements attribute by attribute', () => {
    const limits = (text: string): string =>
      webConfig(`<security><requestFiltering><requestLimits ${text} /></requestFiltering></security>`);
    const model = server({
      files: { '/srv/web.config': limits('maxUrl="10"'), '/apps/dante/web.config': limits('maxQueryString="20"') },
    });
    const child = model
      .effective('system.webServer/security/requestFiltering', at(model, '/dante'))
      .child('requestLimits');
    expect([child.number('maxUrl'), child.number('maxQueryString'), child.number('maxAllowedContentLength')]).toEqual([
      10, 20, 30000000,
    ]);
  });

  it('reads a web.config once for each level it appears in, so a directory mapped twice adds everything twice', () => {
    const model = server({
      applications: [
        { path: '/', physicalPath: '/srv' },
        { path: '/again', physicalPath: '/srv' },
      ],
      files: { '/srv/web.config': webConfig('<defaultDocument><files><add value="a.js" /></files></defaultDocument>') },
    });
    const error = refused(() => model.effective(documents, at(model, '/again/')));
    expect(error.message).toBe(
      "Cannot add duplicate collection entry of type 'add' with unique key attribute 'value' set to 'a.js'",
    );
    expect(error.hresult).toBe(0x800700b7);
  });

  it('ignores the web.config of subfolders where the virtual directory has allowSubDirConfig="false"', () => {
    const files = {
      '/srv/web.config': webConfig('<iisnode maxLogFiles="1" />'),
      '/srv/sub/web.config': webConfig('<iisnode maxLogFiles="2" />'),
    };
    const model = server({
      files,
      edit: (text) => text.replace('physicalPath="/srv"', 'physicalPath="/srv" allowSubDirConfig="false"'),
    });
    expect(model.effective(iisnode, at(model, '/sub/')).number('maxLogFiles')).toBe(1);
    expect(model.files).not.toContain('/srv/sub/web.config');
  });

  it('returns file, line and level of every value', () => {
    const model = server({
      files: {
        '/srv/web.config': webConfig('<iisnode maxLogFiles="1" />'),
        '/apps/dante/web.config': webConfig('<iisnode\n  watchedFiles="x" />'),
      },
    });
    const section = model.effective(iisnode, at(model, '/dante/x'));
    expect(section.origin('maxLogFiles')).toMatchObject({ file: '/srv/web.config', line: 3, column: 14, basePath: '' });
    expect(section.origin('watchedFiles')).toMatchObject({
      file: '/apps/dante/web.config',
      line: 4,
      basePath: '/dante',
      configPath: 'MACHINE/WEBROOT/APPHOST/Default Web Site/dante',
    });
    expect(section.origin()).toMatchObject({ file: '/apps/dante/web.config', line: 3 });
    expect([section.origin('loggingEnabled'), section.isSet('loggingEnabled'), section.isSet('maxLogFiles')]).toEqual([
      undefined,
      false,
      true,
    ]);
  });

  it('fails every request below a file that is not well-formed, and none beside it', () => {
    const model = server({ files: { '/srv/sub/web.config': '<configuration>\n  <oops\n</configuration>' } });
    const error = refused(() => model.effective(iisnode, at(model, '/sub/deep/x.png')));
    expect(error).toMatchObject({
      kind: 'not-well-formed',
      message: 'Configuration file is not well-formed XML',
      status: 500,
      subStatus: 19,
      hresult: 0x8007000d,
      file: '/srv/sub/web.config',
    });
    expect(error.line).toBeGreaterThan(1);
    expect(() => model.check(at(model, '/beside'))).not.toThrow();
  });

  it('reports line 1 of an empty file', () => {
    const model = server({ files: { '/srv/web.config': '' } });
    expect(refused(() => model.check(at(model, '/')))).toMatchObject({ kind: 'not-well-formed', line: 1 });
  });

  it('reports no error of a section that is not read', () => {
    const model = server({ files: { '/srv/web.config': webConfig('<iisnode nonsense="1" />') } });
    const place = at(model, '/');
    expect(() => model.check(place)).not.toThrow();
    expect(() => model.effective(documents, place)).not.toThrow();
    expect(refused(() => model.effective(iisnode, place)).message).toBe("Unrecognized attribute 'nonsense'");
    expect(model.errors(place)).toHaveLength(1);
  });
});

describe('a physical path that does not exist', () => {
  const folders = (there: readonly string[], files: Readonly<Record<string, string>> = {}) => ({
    read: (path: string) => (path in files ? new TextEncoder().encode(files[path]) : undefined),
    isDirectory: (path: string) => there.includes(path),
  });
  const gone = { kind: 'folder-gone', message: 'Cannot read configuration file', file: '/srv/web.config' };

  it('is 0x80070003 without endy URL in it', () => {
    const model = reloaded(folders([]));
    expect(refused(() => model.check(at(model, '/')))).toMatchObject({ ...gone, hresult: 0x80070003, win32Status: 3 });
    expect(refused(() => model.effective('appSettings', at(model, '/a/b')))).toMatchObject(gone);
  });

  it('is 0x8007010b if it is a file', () => {
    const model = reloaded(folders([], { '/srv': 'text' }));
    expect(refused(() => model.check(at(model, '/')))).toMatchObject({
      ...gone,
      hresult: 0x8007010b,
      win32Status: 267,
    });
  });

  it('does not break an application below its URL', () => {
    const model = reloaded(folders(['/apps/dante']), { path: '/dante', physicalPath: '/apps/dante' });
    expect(refused(() => model.check(at(model, '/x'))).kind).toBe('folder-gone');
    expect(() => model.check(at(model, '/dante/x'))).not.toThrow();
  });

  it.each(['C:\\inetpub\\wwwroot', '%SystemDrive%\\inetpub'])(
    'is not judged from another system: %s',
    (physicalPath) => {
      const model = reloaded(folders([]), { path: '/dante', physicalPath });
      expect(() => model.check(at(model, '/dante/x'))).not.toThrow();
    },
  );
});

describe('reading files', () => {
  it('reads each file once per model', () => {
    const reads: string[] = [];
    const model = server({ reads, files: { '/srv/web.config': webConfig('<iisnode />') } });
    for (const path of ['/', '/a', '/a/b', '/A/b', '/dante/server.js', '/dante/server.js'])
      model.check(at(model, path));
    expect(reads).toEqual([...new Set(reads)]);
    expect(model.files).toEqual(['/iis/applicationHost.config', ...reads]);
  });

  it.each([
    ['EACCES', 'Cannot read configuration file due to insufficient permissions', 0x80070005],
    ['EIO', 'Cannot read configuration file', 0x80070003],
  ])('distinguishes %s', (code, message, hresult) => {
    const cause = Object.assign(new Error('disk'), { code });
    const model = reloaded({
      read: () => {
        throw cause;
      },
    });
    const error = refused(() => model.check(at(model, '/')));
    expect(error).toMatchObject({ message, hresult, cause });
  });

  it('reads only existing folders if the reader can list them, so that invented URLs cost nothing', () => {
    const reads: string[] = [];
    const model = reloaded({
      read: (file) => {
        reads.push(file);
        return undefined;
      },
      isDirectory: (path) => path === '/srv' || path === '/srv/real',
    });
    for (let index = 0; index < 50; index++) model.check(at(model, `/socket.io/${index}/x`));
    model.check(at(model, '/real/x/y'));
    expect(reads).toEqual(['/srv/web.config', '/srv/real/web.config']);
  });

  it('limits its memory if clients invent URLs', () => {
    const model = server();
    for (let index = 0; index < 6000; index++) model.check(at(model, `/made-up-${index}`));
    expect(model.files.length).toBeLessThan(5000);
  });

  it.each(['/a:b', '/con\u0000x', '/x./', '/y /', '/a*b', `/${'x'.repeat(300)}`])(
    'never reads a folder called %j',
    (path) => {
      const model = server();
      model.check(at(model, path));
      expect(model.files).toEqual(['/iis/applicationHost.config', '/srv/web.config']);
    },
  );
});
