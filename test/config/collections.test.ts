import { describe, expect, it } from 'vitest';
import { type ElementSchema, sectionSchema } from '../../src/config/index.js';
import { at, names, refused, server, webConfig } from './support.js';

const files = (text: string): string => webConfig(`<defaultDocument><files>${text}</files></defaultDocument>`);
const documents = (model: ReturnType<typeof server>, path: string): readonly string[] =>
  model
    .effective('system.webServer/defaultDocument', at(model, path))
    .child('files')
    .items.map((item) => item.string('value'));
const installed = ['Default.htm', 'Default.asp', 'index.htm', 'index.html', 'iisstart.htm'];
const handler = (name: string): string => `<add name="${name}" path="${name}.js" verb="*" modules="iisnode" />`;

const filtering = (child: string, text: string): string =>
  `<security><requestFiltering><${child}>${text}</${child}></requestFiltering></security>`;

describe('the order after the merge', () => {
  it('default documents of a child come first, in the order of their file', () => {
    const model = server({
      files: {
        '/srv/web.config': files('<add value="a" /><add value="b" />'),
        '/apps/dante/web.config': files('<add value="c" /><add value="d" />'),
      },
    });
    expect(documents(model, '/dante')).toEqual(['c', 'd', 'a', 'b', ...installed]);
  });

  it('handlers of a child come first', () => {
    const model = server({
      files: { '/srv/web.config': webConfig(`<handlers>${handler('x')}${handler('y')}</handlers>`) },
    });
    expect(names(model, 'system.webServer/handlers', '/')).toEqual([
      'x',
      'y',
      'TRACEVerbHandler',
      'OPTIONSVerbHandler',
      'StaticFile',
    ]);
  });

  it('rewrite rules of a child follow the inherited ones', () => {
    const rules = (name: string): string => webConfig(`<rewrite><rules><rule name="${name}" /></rules></rewrite>`);
    const model = server({ files: { '/srv/web.config': rules('parent'), '/apps/dante/web.config': rules('child') } });
    expect(names(model, 'system.webServer/rewrite/rules', '/dante')).toEqual(['parent', 'child']);
    const [parent, child] = model.effective('system.webServer/rewrite/rules', at(model, '/dante')).items;
    expect([parent?.origin()?.basePath, child?.origin()?.basePath]).toEqual(['', '/dante']);
  });

  it.each(['modules', 'staticContent'])('%s are appended', (section) => {
    const entry =
      section === 'modules' ? '<add name="Mine" />' : '<mimeMap fileExtension=".mjs" mimeType="text/javascript" />';
    const model = server({ files: { '/srv/web.config': webConfig(`<${section}>${entry}</${section}>`) } });
    const last = model.effective(`system.webServer/${section}`, at(model, '/')).items.at(-1);
    expect(last?.origin()?.file).toBe('/srv/web.config');
  });
});

describe('directives', () => {
  it('<clear /> removes inherited entries and those above it', () => {
    const model = server({ files: { '/srv/web.config': files('<add value="a" /><clear /><add value="b" />') } });
    expect(documents(model, '/')).toEqual(['b']);
  });

  it('<remove> then <add> redefines an entry; <remove> compares keys as the collection does', () => {
    const text = files('<remove value="INDEX.htm" /><add value="index.htm" />');
    const model = server({ files: { '/srv/web.config': text } });
    expect(documents(model, '/')).toEqual(['index.htm', ...installed.filter((name) => name !== 'index.htm')]);
  });

  it('removing a missing entry is allowed, and it may be added later', () => {
    const model = server({ files: { '/srv/web.config': files('<remove value="nothing" /><add value="nothing" />') } });
    expect(documents(model, '/')[0]).toBe('nothing');
  });

  it('run from top to bottom: an add before its remove is a duplicate', () => {
    const model = server({
      files: { '/srv/web.config': files('<add value="index.htm" /><remove value="index.htm" />') },
    });
    expect(refused(() => documents(model, '/')).kind).toBe('duplicate-entry');
  });

  it('one half of a combined key is enough for httpErrors, because the default sub-status is -1', () => {
    const text = '<httpErrors><remove statusCode="404" /><error statusCode="404" path="/x" /></httpErrors>';
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it.each([
    ['<rewrite><rules><rule name="a"><conditions><clear /></conditions></rule></rules></rewrite>', 'clear'],
    [
      '<rewrite><rules><rule name="a"><serverVariables><remove name="x" /></serverVariables></rule></rules></rewrite>',
      'remove',
    ],
    ['<rewrite><rules><add name="a" /></rules></rewrite>', 'add'],
    ['<rewrite><rules><rule name="a"><other /></rule></rules></rewrite>', 'other'],
  ])('%s: the collection has no such directive', (text, name) => {
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    const error = refused(() => model.effective('system.webServer/rewrite/rules', at(model, '/')));
    expect(error).toMatchObject({ kind: 'unknown-element', message: `Unrecognized element '${name}'`, line: 3 });
  });

  it('<remove> without its key misses an attribute', () => {
    const model = server({ files: { '/srv/web.config': files('<remove />') } });
    expect(refused(() => documents(model, '/')).message).toBe("Missing required attribute 'value'");
  });
});

describe('duplicate keys', () => {
  it('a child that adds an inherited handler without removing it gets 0x800700b7 at its own line', () => {
    const text = webConfig(`<handlers>\n${handler('iisnode')}</handlers>`);
    const model = server({ files: { '/srv/web.config': text, '/apps/dante/web.config': text } });
    const error = refused(() => model.effective('system.webServer/handlers', at(model, '/dante/')));
    expect(error).toMatchObject({
      message: "Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to 'iisnode'",
      hresult: 0x800700b7,
      win32Status: 183,
      file: '/apps/dante/web.config',
      line: 4,
    });
    expect(error.frame).toBe(
      `Filename: \\\\?\\/apps/dante/web.config\r\nLine number: 4\r\nError: ${error.message}\r\n\r\n`,
    );
  });

  it('names of handlers compare with case, extensions of mime maps without', () => {
    const cased = server({
      files: { '/srv/web.config': webConfig('<handlers><add name="STATICFILE" path="*" verb="*" /></handlers>') },
    });
    expect(cased.errors(at(cased, '/'))).toEqual([]);
    const text = '<staticContent><mimeMap fileExtension=".JSON" mimeType="application/json" /></staticContent>';
    const folded = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(refused(() => folded.effective('system.webServer/staticContent', at(folded, '/'))).message).toBe(
      "Cannot add duplicate collection entry of type 'mimeMap' with unique key attribute 'fileExtension' set to '.JSON'",
    );
  });

  it('keys of a rewrite map compare with case, so both /A and /a are allowed', () => {
    const text =
      '<rewrite><rewriteMaps><rewriteMap name="m"><add key="/A" value="1" /><add key="/a" value="2" /></rewriteMap></rewriteMaps></rewrite>';
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it('two equal conditions are legal in rules', () => {
    const add = '<add input="{URL}" pattern="x" />';
    const text = `<rewrite><rules><rule name="a"><conditions>${add}${add}</conditions></rule></rules></rewrite>`;
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it('two equal conditions are a duplicate in outboundRules', () => {
    const add = '<add input="{URL}" pattern="x" />';
    const text = `<rewrite><outboundRules><rule name="a"><conditions>${add}${add}</conditions></rule></outboundRules></rewrite>`;
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/')).map(({ kind }) => kind)).toEqual(['duplicate-entry']);
  });

  it('a combined key names all its attributes', () => {
    const binding = '<binding protocol="http" bindingInformation="*:80:" />';
    expect(refused(() => server({ edit: (text) => text.replace(binding, `${binding}${binding}`) })).message).toBe(
      "Cannot add duplicate collection entry of type 'binding' with combined key attributes 'protocol, bindingInformation' respectively set to 'http, *:80:'",
    );
  });

  it('a site is unique by name and by id', () => {
    const site = (name: string, id: string) => (text: string) =>
      text.replace('<siteDefaults>', `<site name="${name}" id="${id}" /><siteDefaults>`);
    expect(refused(() => server({ edit: site('default WEB site', '2') })).message).toContain("attribute 'name'");
    expect(refused(() => server({ edit: site('Other', '1') })).message).toContain("attribute 'id' set to '1'");
    expect(server({ edit: site('Other', '2') }).sites.map(({ name }) => name)).toEqual(['Default Web Site', 'Other']);
  });
});

describe('the collections of the schema', () => {
  const find = (path: string): ElementSchema | undefined => {
    const [section = '', ...inner] = path.split(' ');
    const root =
      sectionSchema(section.startsWith('system.') ? section : `system.webServer/${section}`) ?? sectionSchema(section);
    return inner.reduce<ElementSchema | undefined>(
      (element, name) => (name === '*' ? element?.collection?.entry : element?.elements.get(name)),
      root?.element,
    );
  };

  it.each([
    ['system.applicationHost/sites', 'site', 'name id', 'clear'],
    ['system.applicationHost/sites *', 'application', 'path', 'clear'],
    ['system.applicationHost/sites * *', 'virtualDirectory', 'path', 'clear'],
    ['system.applicationHost/sites * bindings', 'binding', 'protocol bindingInformation', 'clear'],
    ['system.applicationHost/applicationPools', 'add', 'name', 'clear'],
    ['system.applicationHost/applicationPools * environmentVariables', 'add', 'name', 'remove clear'],
    ['globalModules', 'add', 'name', 'remove clear'],
    ['modules', 'add', 'name', 'remove clear'],
    ['handlers', 'add', 'name', 'remove clear'],
    ['defaultDocument files', 'add', 'value', 'remove clear'],
    ['staticContent', 'mimeMap', 'fileExtension', 'remove clear'],
    ['httpErrors', 'error', 'statusCode subStatusCode', 'remove clear'],
    ['httpProtocol customHeaders', 'add', 'name', 'remove clear'],
    ['httpProtocol redirectHeaders', 'add', 'name', 'remove clear'],
    ['security/requestFiltering hiddenSegments', 'add', 'segment', 'remove clear'],
    ['security/requestFiltering fileExtensions', 'add', 'fileExtension', 'remove clear'],
    ['security/requestFiltering requestLimits headerLimits', 'add', 'header', 'remove clear'],
    ['security/requestFiltering verbs', 'add', 'verb', 'remove clear'],
    ['security/requestFiltering denyUrlSequences', 'add', 'sequence', 'remove clear'],
    ['security/requestFiltering denyQueryStringSequences', 'add', 'sequence', 'remove clear'],
    ['security/requestFiltering alwaysAllowedUrls', 'add', 'url', 'remove clear'],
    ['security/requestFiltering alwaysAllowedQueryStrings', 'add', 'queryString', 'remove clear'],
    ['security/requestFiltering filteringRules', 'filteringRule', 'name', 'remove clear'],
    ['rewrite/rules', 'rule', 'name', 'remove clear'],
    ['rewrite/globalRules', 'rule', 'name', 'remove clear'],
    ['rewrite/rewriteMaps', 'rewriteMap', 'name', 'remove clear'],
    ['rewrite/rewriteMaps *', 'add', 'key', 'remove clear'],
    ['rewrite/allowedServerVariables', 'add', 'name', 'remove clear'],
    ['rewrite/outboundRules customTags', 'tags', 'name', 'remove clear'],
    ['rewrite/outboundRules preConditions', 'preCondition', 'name', 'remove clear'],
    ['httpCompression', 'scheme', 'name', 'remove clear'],
    ['httpCompression dynamicTypes', 'add', 'mimeType', 'remove clear'],
    ['applicationInitialization', 'add', 'initializationPage', 'remove clear'],
    ['httpPlatform environmentVariables', 'environmentVariable', '', 'clear'],
    ['httpPlatform recycleOnFileChange', 'file', '', 'clear'],
    ['httpCompression staticTypes', 'add', 'mimeType', 'remove clear'],
    ['httpRedirect', 'add', 'wildcard', 'remove clear'],
    ['isapiFilters', 'filter', 'name', 'remove clear'],
    ['caching profiles', 'add', 'extension', 'remove clear'],
    ['appSettings', 'add', 'key', 'remove clear'],
    ['connectionStrings', 'add', 'name', 'remove clear'],
  ])('%s: <%s>, key "%s", with %s', (path, add, key, verbs) => {
    const collection = find(path)?.collection;
    expect(collection?.add).toBe(add);
    expect(collection?.keys.map(({ name }) => name).join(' ')).toBe(key);
    expect([collection?.remove, collection?.clear].filter(Boolean).join(' ')).toBe(verbs);
  });

  it.each([
    ['customHeaders', '<httpProtocol><customHeaders><add name="X" /><add name="x" /></customHeaders></httpProtocol>'],
    ['hiddenSegments', filtering('hiddenSegments', '<add segment="BIN" /><add segment="bin" />')],
    ['denyUrlSequences', filtering('denyUrlSequences', '<add sequence="A" /><add sequence="a" />')],
    [
      'fileExtensions',
      filtering(
        'fileExtensions',
        '<add fileExtension=".A" allowed="false" /><add fileExtension=".a" allowed="false" />',
      ),
    ],
    ['rules', '<rewrite><rules><rule name="a" /><rule name="A" /></rules></rewrite>'],
    ['rewriteMaps', '<rewrite><rewriteMaps><rewriteMap name="a" /><rewriteMap name="A" /></rewriteMaps></rewrite>'],
    [
      'applicationInitialization',
      '<applicationInitialization><add initializationPage="/A" /><add initializationPage="/a" /></applicationInitialization>',
    ],
    ['httpErrors', '<httpErrors><error statusCode="404" subStatusCode="-1" path="/x" /></httpErrors>'],
  ])('%s compare without case, also with inherited entries', (_, text) => {
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/')).map(({ kind, hresult }) => [kind, hresult])).toEqual([
      ['duplicate-entry', 0x800700b7],
    ]);
  });

  it('verbs compare with case', () => {
    const text = filtering('verbs', '<add verb="GET" allowed="true" /><add verb="get" allowed="false" />');
    const model = server({ files: { '/srv/web.config': webConfig(text) } });
    expect(model.errors(at(model, '/'))).toEqual([]);
  });

  it('the iisnode section has only attributes', () => {
    expect(find('iisnode')?.collection).toBeUndefined();
    expect(find('iisnode')?.elements.size).toBe(0);
  });

  it.each(['handlers', 'defaultDocument files', 'caching profiles', 'applicationInitialization'])(
    '%s puts the entries of a child first',
    (path) => {
      expect(find(path)?.collection?.mergeAppend).toBe(false);
    },
  );

  it.each(['handlers', 'modules', 'globalModules', 'security/requestFiltering verbs', 'rewrite/rewriteMaps *'])(
    '%s compares its key with case',
    (path) => {
      expect(find(path)?.collection?.keys.map(({ caseSensitive }) => caseSensitive)).toEqual([true]);
    },
  );
});
