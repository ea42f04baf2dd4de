import { describe, expect, it } from 'vitest';
import { sectionSchemas } from '../../src/config/index.js';
import { at, refused, server, webConfig } from './support.js';

const locked =
  'This configuration section cannot be used at this path. This happens when the section is locked at a parent level. ' +
  'Locking is either by default (overrideModeDefault="Deny"), or set explicitly by a location tag with ' +
  'overrideMode="Deny" or the legacy allowOverride="false".';
const inLocation = (attributes: string, inner: string): string =>
  `<location ${attributes}><system.webServer>${inner}</system.webServer></location>`;
const appHost = (extra: string) => (text: string) => text.replace('</configuration>', `${extra}</configuration>`);
const handlers = webConfig('<handlers><add name="x" path="x.js" verb="*" modules="iisnode" /></handlers>');

describe('delegation', () => {
  it.each(['handlers', 'modules', 'serverRuntime', 'security/access', 'httpLogging', 'security/ipSecurity', 'cgi'])(
    'locks %s by declaration on a minimal IIS: 0x80070021, at the element',
    (path) => {
      const [section = '', inner] = path.split('/');
      const text = inner === undefined ? `<${section} />` : `<${section}><${inner} /></${section}>`;
      const model = server({ unlocked: false, files: { '/srv/web.config': webConfig(text) } });
      const error = refused(() => model.effective('system.webServer/defaultDocument', at(model, '/')));
      expect(error).toMatchObject({
        kind: 'section-locked',
        message: locked,
        hresult: 0x80070021,
        win32Status: 33,
        section: `system.webServer/${path}`,
        file: '/srv/web.config',
        line: 3,
      });
    },
  );

  it.each([
    '<webSocket enabled="false" />',
    '<iisnode />',
    '<rewrite><rules /></rewrite>',
    '<defaultDocument />',
    '<staticContent />',
    '<httpErrors existingResponse="PassThrough" />',
    '<httpCompression />',
    '<security><requestFiltering /></security>',
    '<urlCompression />',
    '<applicationInitialization />',
    '<tracing><traceFailedRequests /></tracing>',
  ])('lets a web.config set %s on a minimal IIS with iisnode and URL Rewrite', (text) => {
    const model = server({ unlocked: false, files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it('locks webSocket where iisnode is not installed', () => {
    const model = server({
      edit: (text) =>
        text.replace('name="webSocket" overrideModeDefault="Allow"', 'name="webSocket" overrideModeDefault="Deny"'),
      files: { '/srv/web.config': webConfig('<webSocket enabled="false" />') },
    });
    expect(refused(() => model.check(at(model, '/'))).kind).toBe('section-locked');
  });

  it('unlocks handlers and modules like an ASP.NET install', () => {
    const model = server({ unlocked: true, files: { '/srv/web.config': handlers } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it('locks modules below the root of an application (MachineToApplication)', () => {
    const files = {
      '/apps/dante/web.config': webConfig('<modules />'),
      '/srv/folder/web.config': webConfig('<modules />'),
    };
    const model = server({ files });
    expect(() => model.check(at(model, '/dante/x'))).not.toThrow();
    expect(refused(() => model.check(at(model, '/folder/x'))).kind).toBe('section-locked');
  });

  it.each(['system.webServer/globalModules', 'system.webServer/rewrite/globalRules', 'system.applicationHost/sites'])(
    'keeps %s in applicationHost.config',
    (path) => {
      const text = path.split('/').reduceRight((inner, name) => `<${name}>${inner}</${name}>`, '');
      const model = server({ files: { '/srv/web.config': `<configuration>${text}</configuration>` } });
      expect(refused(() => model.check(at(model, '/'))).kind).toBe('not-at-this-path');
    },
  );

  it.each(['overrideMode="Deny"', 'allowOverride="false"'])(
    'a location of the server with %s locks below its path',
    (lock) => {
      const model = server({
        edit: appHost(inLocation(`path="Default Web Site/dante" ${lock}`, '<defaultDocument />')),
        files: {
          '/srv/web.config': webConfig('<defaultDocument enabled="false" />'),
          '/apps/dante/web.config': webConfig('<defaultDocument enabled="true" />'),
        },
      });
      expect(() => model.check(at(model, '/'))).not.toThrow();
      expect(refused(() => model.check(at(model, '/dante'))).file).toBe('/apps/dante/web.config');
    },
  );

  it('a location of the server with overrideMode="Allow" unlocks one site, and the server itself may set what it locks', () => {
    const model = server({
      unlocked: false,
      edit: appHost(inLocation('path="Default Web Site" overrideMode="Allow"', '<handlers />')),
      files: { '/srv/web.config': handlers },
    });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it('a web.config never unlocks for itself', () => {
    const text = `<configuration>${inLocation('path="." overrideMode="Allow"', '<handlers />')}</configuration>`;
    const model = server({ unlocked: false, files: { '/srv/web.config': text } });
    expect(refused(() => model.check(at(model, '/'))).kind).toBe('section-locked');
  });

  it('a web.config locks for the levels below it', () => {
    const text = `<configuration>${inLocation('path="." overrideMode="Deny"', '<iisnode />')}</configuration>`;
    const model = server({
      files: { '/srv/web.config': text, '/apps/dante/web.config': webConfig('<iisnode />') },
    });
    expect(() => model.check(at(model, '/'))).not.toThrow();
    expect(refused(() => model.check(at(model, '/dante'))).kind).toBe('section-locked');
  });

  it('does not check sections of .NET, at any place that .NET allows', () => {
    const text =
      '<configuration><system.web><authentication mode="None" /></system.web><runtime><x y="z" /></runtime></configuration>';
    const model = server({ files: { '/srv/folder/web.config': text } });
    expect(model.errors(at(model, '/folder'))).toEqual([]);
    const about = model.notes(at(model, '/folder')).map(({ section }) => section);
    expect(about).toEqual(expect.arrayContaining(['system.web/authentication', 'runtime']));
  });
});

describe('finer locks', () => {
  const violation = { kind: 'lock-violation', message: 'Lock violation', hresult: 0x80070021 };
  const refusedWith = (section: string, text: string, edit?: (text: string) => string) => {
    const model = server({ files: { '/srv/web.config': webConfig(text) }, ...(edit === undefined ? {} : { edit }) });
    return refused(() => model.effective(`system.webServer/${section}`, at(model, '/')));
  };

  it.each(['defaultPath="/x.htm"', 'allowAbsolutePathsWhenDelegated="true"'])(
    'httpErrors %s is locked as installed',
    (text) => {
      expect(refusedWith('httpErrors', `<httpErrors ${text} />`)).toMatchObject(violation);
    },
  );

  it('staticContent isDocFooterFileName is locked as installed, also with the same value', () => {
    expect(refusedWith('staticContent', '<staticContent isDocFooterFileName="false" />')).toMatchObject(violation);
  });

  it.each(['<remove name="StaticFileModule" />', '<clear />'])('modules with lockItem survive %s', (text) => {
    expect(refusedWith('modules', `<modules>${text}</modules>`)).toMatchObject(violation);
  });

  it('modules without lockItem, and absent ones, can be removed', () => {
    const model = server({
      files: {
        '/srv/web.config': webConfig('<modules><remove name="iisnode" /><remove name="WebDAVModule" /></modules>'),
      },
    });
    const left = model.effective('system.webServer/modules', at(model, '/')).items.map((item) => item.string('name'));
    expect(left).not.toContain('iisnode');
    expect(left).toContain('StaticFileModule');
  });

  const documents = (locks: string) => (text: string) =>
    text.replace('<defaultDocument ', `<defaultDocument ${locks} `);
  it.each([
    ['lockAttributes="*"', '<defaultDocument enabled="false" />'],
    ['lockAllAttributesExcept=""', '<defaultDocument enabled="false" />'],
    ['lockElements="files"', '<defaultDocument><files /></defaultDocument>'],
    ['lockElements="*"', '<defaultDocument><files /></defaultDocument>'],
    ['lockAllElementsExcept=""', '<defaultDocument><files /></defaultDocument>'],
    ['lockItem="true"', '<defaultDocument enabled="true" />'],
  ])('%s on a section locks %s', (locks, text) => {
    expect(refusedWith('defaultDocument', text, documents(locks))).toMatchObject(violation);
  });

  it('lockElements on a collection may name its directives', () => {
    const edit = (text: string): string => text.replace('<files>', '<files lockElements="clear, remove">');
    const wrap = (text: string): string => `<defaultDocument><files>${text}</files></defaultDocument>`;
    expect(refusedWith('defaultDocument', wrap('<clear />'), edit)).toMatchObject(violation);
    expect(refusedWith('defaultDocument', wrap('<remove value="x" />'), edit)).toMatchObject(violation);
    const model = server({ edit, files: { '/srv/web.config': webConfig(wrap('<add value="x" />')) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  describe('on a collection apply to its entries', () => {
    const edit = (locks: string) => (text: string) => text.replace('<files>', `<files ${locks}>`);
    const add = '<defaultDocument><files><add value="x" /></files></defaultDocument>';
    it.each(['lockAttributes="value"', 'lockAttributes="*"', 'lockAllAttributesExcept=""'])('%s', (locks) => {
      expect(refusedWith('defaultDocument', add, edit(locks))).toMatchObject(violation);
    });

    it('those that are not named stay unlocked', () => {
      const model = server({
        edit: edit('lockAllAttributesExcept="value"'),
        files: { '/srv/web.config': webConfig(add) },
      });
      expect(model.errors(at(model, '/'))).toEqual([]);
    });

    it('and those already there can still be removed', () => {
      const model = server({
        edit: edit('lockAttributes="value"'),
        files: {
          '/srv/web.config': webConfig(
            '<defaultDocument><files><remove value="iisstart.htm" /></files></defaultDocument>',
          ),
        },
      });
      const section = model.effective('system.webServer/defaultDocument', at(model, '/'));
      const left = section.child('files').items.map((item) => item.string('value'));
      expect(left.length).toBeGreaterThan(0);
      expect(left).not.toContain('iisstart.htm');
    });
  });

  it('a lock does not apply to the level that sets it', () => {
    const model = server({
      files: { '/srv/web.config': webConfig('<defaultDocument enabled="false" lockAttributes="enabled" />') },
    });
    expect(model.effective('system.webServer/defaultDocument', at(model, '/')).boolean('enabled')).toBe(false);
  });

  it('a lock list with an unknown name is an error', () => {
    const error = refusedWith('defaultDocument', '<defaultDocument lockAttributes="x" />');
    expect(error).toMatchObject({ message: "lockAttributes contains unknown attribute 'x'", hresult: 0x8007000d });
  });
});

describe('lock attributes with unknown names', () => {
  it.each([
    ['lockElements="fils"', 'bad-lock-list', "lockElements contains unknown element 'fils'"],
    ['lockAllElementsExcept="fils"', 'bad-lock-list', "lockAllElementsExcept contains unknown element 'fils'"],
    ['lockAllAttributesExcept="on"', 'bad-lock-list', "lockAllAttributesExcept contains unknown attribute 'on'"],
    ['lockItem="yes"', 'invalid-value', "The 'lockItem' attribute is invalid.  Not a valid boolean"],
  ])('%s', (locks, kind, message) => {
    const model = server({ files: { '/srv/web.config': webConfig(`<defaultDocument ${locks} />`) } });
    expect(model.errors(at(model, '/'))).toMatchObject([{ kind, message, hresult: 0x8007000d, line: 3 }]);
  });

  it('names of directives, children and * are known', () => {
    const text = '<defaultDocument lockElements="files"><files lockElements="add,clear, *" /></defaultDocument>';
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });
});

describe('the declared state of each section (configSections of a Server 2019 install)', () => {
  const declared = new Map(sectionSchemas.map((schema) => [schema.path.replace('system.webServer/', ''), schema]));
  it.each([
    'handlers modules webSocket rewrite/globalRules rewrite/allowedServerVariables serverRuntime httpLogging httpTracing',
    'tracing/traceProviderDefinitions security/access security/ipSecurity security/dynamicIpSecurity globalModules fastCgi',
    'security/isapiCgiRestriction security/applicationDependencies cgi asp odbcLogging serverSideInclude isapiFilters',
    'security/authentication/anonymousAuthentication security/authentication/windowsAuthentication',
    'security/authentication/basicAuthentication security/authentication/digestAuthentication',
    'security/authentication/clientCertificateMappingAuthentication',
    'security/authentication/iisClientCertificateMappingAuthentication',
    'webdav/globalSettings webdav/authoring webdav/authoringRules',
    'system.applicationHost/sites system.applicationHost/applicationPools system.applicationHost/log',
    'system.applicationHost/webLimits system.applicationHost/configHistory system.applicationHost/listenerAdapters',
    'system.applicationHost/customMetadata system.applicationHost/serviceAutoStartProviders',
  ])('Deny: %s', (paths) => {
    for (const path of paths.split(' ')) expect(declared.get(path)?.overrideModeDefault, path).toBe('Deny');
  });

  it.each([
    'iisnode rewrite/rules rewrite/outboundRules rewrite/providers rewrite/rewriteMaps defaultDocument directoryBrowse',
    'staticContent httpErrors httpProtocol httpRedirect urlCompression httpCompression caching validation',
    'applicationInitialization tracing/traceFailedRequests security/requestFiltering security/authorization',
    'httpPlatform aspNetCore appSettings connectionStrings system.web/compilation system.web/httpRuntime',
  ])('Allow: %s', (paths) => {
    for (const path of paths.split(' ')) expect(declared.get(path)?.overrideModeDefault, path).toBe('Allow');
  });

  it.each([
    ['modules', 'MachineToApplication'],
    ['isapiFilters', 'MachineToApplication'],
    ['applicationInitialization', 'MachineToApplication'],
    ['globalModules', 'AppHostOnly'],
    ['fastCgi', 'AppHostOnly'],
    ['rewrite/globalRules', 'AppHostOnly'],
    ['security/isapiCgiRestriction', 'AppHostOnly'],
    ['system.applicationHost/sites', 'AppHostOnly'],
    ['system.applicationHost/applicationPools', 'AppHostOnly'],
    ['system.applicationHost/webLimits', 'AppHostOnly'],
    ['handlers', 'Everywhere'],
    ['webSocket', 'Everywhere'],
    ['iisnode', 'Everywhere'],
    ['rewrite/rules', 'Everywhere'],
    ['rewrite/allowedServerVariables', 'Everywhere'],
    ['httpCompression', 'Everywhere'],
    ['serverRuntime', 'Everywhere'],
    ['security/access', 'Everywhere'],
    ['security/authentication/anonymousAuthentication', 'Everywhere'],
    ['appSettings', 'Everywhere'],
  ])('%s is allowed %s', (path, definition) => {
    expect(declared.get(path)?.allowDefinition).toBe(definition);
  });
});
