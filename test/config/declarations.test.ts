import { describe, expect, it } from 'vitest';
import { sectionsOf, validateDocument } from '../../src/config/index.js';
import { parseXml } from '../../src/xml/index.js';
import { at, refused, server, webConfig } from './support.js';

const checked = (text: string, extra: Record<string, string> = {}) => {
  const model = server({ files: { '/srv/web.config': text, ...extra } });
  return { model, place: at(model, '/'), errors: () => model.errors(at(model, '/')) };
};
const configuration = (inner: string): string => `<configuration>${inner}</configuration>`;
const missing = (path: string): string =>
  `The configuration section '${path}' cannot be read because it is missing a section declaration`;

describe('unknown names', () => {
  it.each([
    [webConfig('<rewriter />'), 'system.webServer/rewriter'],
    [webConfig('<websocket enabled="false" />'), 'system.webServer/websocket'],
    [configuration('<system.webserver />'), 'system.webserver'],
    [configuration('<system.web><nothing /></system.web>'), 'system.web/nothing'],
    [configuration('<log4net />'), 'log4net'],
    [webConfig('<httpPlatform />'), 'system.webServer/httpPlatform'],
  ])('%s is a section without declaration: 0x8007000d', (text, path) => {
    const [error] = checked(text).errors();
    expect(error).toMatchObject({
      kind: 'unknown-section',
      message: missing(path),
      hresult: 0x8007000d,
      section: path,
    });
  });

  it('a missing URL Rewrite gives this error', () => {
    const model = server({
      edit: (text) =>
        text
          .replace(/<sectionGroup name="rewrite">[\s\S]*?<\/sectionGroup>/, '')
          .replace(/<rewrite>[\s\S]*?<\/rewrite>/, ''),
      files: { '/srv/web.config': webConfig('<rewrite><rules /></rewrite>') },
    });
    expect(model.isDeclared('system.webServer/rewrite/rules')).toBe(false);
    expect(refused(() => model.check(at(model, '/'))).message).toBe(missing('system.webServer/rewrite'));
  });

  it.each([
    [webConfig('<iisnode Enabled="x" />'), "Unrecognized attribute 'Enabled'"],
    [webConfig('<defaultDocument><file /></defaultDocument>'), "Unrecognized element 'file'"],
    [webConfig('<rewrite><rules><rule name="a" negate="true" /></rules></rewrite>'), "Unrecognized attribute 'negate'"],
    [webConfig('<handlers><add name="x" path="x" /></handlers>'), "Missing required attribute 'verb'"],
    [configuration('<system.webServer mode="x" />'), "Unrecognized attribute 'mode'"],
    ['<configuration mode="x" />', "Unrecognized attribute 'mode'"],
    ['<config />', "Unrecognized element 'config'"],
  ])('%s: %s', (text, message) => {
    expect(checked(text).errors()).toMatchObject([{ message, hresult: 0x8007000d }]);
  });

  it('the .NET namespace on the root is tolerated', () => {
    const text =
      '<configuration xmlns="http://schemas.microsoft.com/.NetConfiguration/v2.0"><appSettings /></configuration>';
    expect(checked(text).errors()).toEqual([]);
  });

  it('a doctor gets all errors of a file, a request gets the first', () => {
    const { model, place, errors } = checked(webConfig('<a /><serverRuntime /><iisnode x="1" />'));
    expect(errors().map(({ kind }) => kind)).toEqual(['unknown-section', 'section-locked', 'unknown-attribute']);
    expect(refused(() => model.check(place)).kind).toBe('unknown-section');
  });
});

describe('configSections', () => {
  const own =
    '<configSections><sectionGroup name="g"><section name="log4net" type="x" /></sectionGroup></configSections>';

  it('of a web.config declare new sections, whose content is not checked, with a note', () => {
    const { model, place, errors } = checked(
      configuration(`${own}<g><log4net any="thing"><at all="x" /></log4net></g>`),
    );
    expect(errors()).toEqual([]);
    expect(model.notes(place)).toContainEqual(expect.objectContaining({ kind: 'no-schema', section: 'g/log4net' }));
    expect(refused(() => model.effective('g/log4net', place)).message).toBe(
      "The configuration section 'g/log4net' cannot be read because it is missing schema",
    );
    expect(refused(() => model.effective('g/other', place)).message).toBe(missing('g/other'));
  });

  it('apply to the levels below', () => {
    const model = server({
      files: {
        '/srv/web.config': configuration(own),
        '/apps/dante/web.config': configuration('<g><log4net /></g>'),
      },
    });
    expect(model.errors(at(model, '/dante'))).toEqual([]);
  });

  it('may not declare again what is declared above', () => {
    const again =
      '<configSections><sectionGroup name="system.webServer"><section name="webSocket" /></sectionGroup></configSections>';
    expect(checked(configuration(again)).errors()).toMatchObject([
      { message: "There is a duplicate 'system.webServer/webSocket' section defined", hresult: 0x800700b7 },
    ]);
  });

  it.each([`<appSettings />${own}`, `${own}${own}`])('come first and once: %s', (text) => {
    expect(checked(configuration(text)).errors()[0]?.message).toBe(
      'Only one <configSections> element allowed.  It must be the first child element of the root <configuration> element',
    );
  });

  it.each(['<section />', '<sectionGroup />'])('need names: %s', (text) => {
    expect(checked(configuration(`<configSections>${text}</configSections>`)).errors()[0]?.kind).toBe(
      'missing-attribute',
    );
  });

  it.each([
    ['<section name="a" overrideModeDefault="Perhaps" />', 'invalid-value', 'Enum must be one of Allow, Deny'],
    [
      '<section name="a" allowDefinition="Nowhere" />',
      'invalid-value',
      'Enum must be one of MachineOnly, MachineToRootWeb',
    ],
    ['<section name="a" allowLocation="perhaps" />', 'invalid-value', 'Not a valid boolean'],
    ['<section name="a" overrideMode="Allow" />', 'unknown-attribute', "Unrecognized attribute 'overrideMode'"],
    ['<sectionGroup name="g" overrideModeDefault="Deny" />', 'unknown-attribute', "attribute 'overrideModeDefault'"],
  ])('%s is refused at its line', (text, kind, message) => {
    const [error] = checked(`<configuration><configSections>\n${text}</configSections></configuration>`).errors();
    expect(error).toMatchObject({ kind, line: 2, hresult: 0x8007000d });
    expect(error?.message).toContain(message);
  });

  it('accept the attributes of .NET, too', () => {
    const text =
      '<section name="a" type="x" requirePermission="false" allowExeDefinition="MachineToApplication" restartOnExternalChanges="true" />';
    expect(checked(configuration(`<configSections>${text}</configSections><a />`)).errors()).toEqual([]);
  });

  it('of a web.config lock a section for the levels below, as overrideModeDefault says', () => {
    const text = '<section name="a" overrideModeDefault="Deny" />';
    const model = server({
      files: {
        '/srv/web.config': configuration(`<configSections>${text}</configSections><a />`),
        '/apps/dante/web.config': configuration('<a />'),
      },
    });
    expect(model.errors(at(model, '/'))).toEqual([]);
    expect(refused(() => model.check(at(model, '/dante')))).toMatchObject({
      kind: 'section-locked',
      file: '/apps/dante/web.config',
    });
  });

  it('with allowLocation="false" forbid a section in locations', () => {
    const declared = '<configSections><section name="a" allowLocation="false" /></configSections>';
    expect(checked(configuration(`${declared}<a />`)).errors()).toEqual([]);
    expect(checked(configuration(`${declared}<location path="x"><a /></location>`)).errors()[0]?.kind).toBe(
      'section-locked',
    );
  });

  it('with allowDefinition="MachineToApplication" forbid a section in the folders of an application', () => {
    const declared = '<configSections><section name="a" allowDefinition="MachineToApplication" /></configSections>';
    const model = server({
      files: { '/srv/web.config': configuration(`${declared}<a />`), '/srv/folder/web.config': configuration('<a />') },
    });
    expect(model.errors(at(model, '/'))).toEqual([]);
    expect(refused(() => model.check(at(model, '/folder'))).file).toBe('/srv/folder/web.config');
  });

  it.each(['MachineToRootWeb', 'MachineToWebRoot', 'MachineOnly', 'AppHostOnly'])(
    'with allowDefinition="%s" keep a section out of web.config',
    (definition) => {
      const declared = `<configSections><section name="a" allowDefinition="${definition}" /></configSections>`;
      expect(checked(configuration(`${declared}<a />`)).errors()[0]?.kind).toBe('not-at-this-path');
    },
  );

  it('a section twice in one file is an error, a group twice is not', () => {
    const twice = webConfig('<iisnode /><iisnode />');
    expect(checked(twice).errors()[0]?.kind).toBe('duplicate-section');
    const groups = configuration(
      '<system.webServer><iisnode /></system.webServer><system.webServer><handlers /></system.webServer>',
    );
    expect(checked(groups).errors()).toEqual([]);
  });
});

describe('configSource', () => {
  const text = configuration('<appSettings configSource="config\\app.config" />');

  it('reads the section from another file, which is its origin', () => {
    const { model, place } = checked(text, {
      '/srv/config/app.config': '<appSettings>\n<add key="a" value="b" /></appSettings>',
    });
    const [item] = model.effective('appSettings', place).items;
    expect([item?.string('value'), item?.origin()?.file, item?.origin()?.line]).toEqual([
      'b',
      '/srv/config/app.config',
      2,
    ]);
    expect(model.files).toContain('/srv/config/app.config');
  });

  it.each<[string, Record<string, string>, string]>([
    ['missing', {}, 'There is no file config\\app.config.'],
    [
      'broken',
      { '/srv/config/app.config': '\n<appSettings>' },
      'config\\app.config:2: The element <appSettings> that starts here has no end tag </appSettings>.',
    ],
    [
      'of another section',
      { '/srv/config/app.config': '<other />' },
      'The root element of config\\app.config is <other>, not <appSettings>.',
    ],
  ])('%s', (_, files, reason) => {
    expect(checked(text, files).errors()).toMatchObject([
      { message: 'Specified configSource cannot be parsed', hresult: 0x8007000d, reason },
    ]);
  });

  it.each([
    '<appSettings configSource="config\\app.config" file="x" />',
    '<appSettings configSource="config\\app.config"><add key="a" value="b" /></appSettings>',
  ])('allows nothing else: %s', (section) => {
    const files = { '/srv/config/app.config': '<appSettings />' };
    expect(checked(configuration(section), files).errors()).toMatchObject([
      { kind: 'config-source', section: 'appSettings', file: '/srv/web.config' },
    ]);
  });

  it('reports errors in the file it names', () => {
    const webServer = configuration('<system.webServer><iisnode configSource="iisnode.config" /></system.webServer>');
    const files = { '/srv/iisnode.config': '<iisnode\n loggingEnabled="perhaps" />' };
    expect(checked(webServer, files).errors()).toMatchObject([
      { kind: 'invalid-value', file: '/srv/iisnode.config', line: 2 },
    ]);
  });

  it('is unknown in applicationHost.config', () => {
    const edit = (host: string): string => host.replace('<defaultDocument ', '<defaultDocument configSource="x" ');
    expect(refused(() => server({ edit })).message).toBe("Unrecognized attribute 'configSource'");
  });
});

describe('a single file', () => {
  it('sectionsOf lists what it sets, in and outside of locations', () => {
    const text =
      '<configuration><appSettings /><location path="a"><system.webServer><iisnode /></system.webServer></location><x /><system.webServer><rewrite><rules /></rewrite></system.webServer></configuration>';
    expect(sectionsOf(parseXml(text))).toEqual([
      'appSettings',
      'system.webServer/iisnode',
      'system.webServer/rewrite/rules',
    ]);
  });

  it('validateDocument returns its schema errors', () => {
    const document = parseXml(webConfig('<iisnode x="1" /><rewrite><rules><rule /></rules></rewrite><nonsense />'));
    expect(validateDocument(document).map(({ kind }) => kind)).toEqual([
      'unknown-section',
      'unknown-attribute',
      'missing-attribute',
    ]);
  });
});
