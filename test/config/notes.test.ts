import { describe, expect, it } from 'vitest';
import { at, server } from './support.js';

const notes = (inner: string, path = '/') => {
  const model = server({ files: { '/srv/web.config': `<configuration>\n${inner}\n</configuration>` } });
  return model
    .notes(at(model, path))
    .filter(({ origin }) => origin.file === '/srv/web.config')
    .map(({ kind, section, message, origin }) => [kind, section, message, origin.line]);
};
const inServer = (inner: string): string => `<system.webServer>\n${inner}\n</system.webServer>`;

describe('a note for content that is read and not checked', () => {
  it('text in a section, a group, a location, or the file', () => {
    expect(notes(`${inServer('<handlers>\n<remove name="x">oops</remove>; </handlers>')} stray`)).toEqual([
      ['text', '', 'The text in <configuration> is ignored', 1],
      ['text', 'system.webServer/handlers', 'The text in <handlers> is ignored', 3],
      ['text', 'system.webServer/handlers', 'The text in <remove> is ignored', 4],
    ]);
    expect(notes(`<location path="a">x${inServer('y')}</location>`)).toEqual([
      ['text', '', 'The text in <location> is ignored', 2],
      ['text', 'system.webServer', 'The text in <system.webServer> is ignored', 2],
    ]);
  });

  it('text in CDATA, but not comments and white space', () => {
    expect(notes(inServer('<handlers><![CDATA[x]]></handlers>')).map(([kind]) => kind)).toEqual(['text']);
    expect(notes(inServer('<handlers> <!-- x --> <?x y?> </handlers>'))).toEqual([]);
  });

  it('no text if the content is not checked at all', () => {
    expect(notes('<system.web><pages>text</pages></system.web>')).toEqual([
      ['not-judged', 'system.web/pages', '<pages> means nothing to a node application: its content is not checked', 2],
    ]);
  });

  it('sections of .NET, one note each', () => {
    const text =
      '<system.web><compilation debug="true" /><httpRuntime targetFramework="4.8" /></system.web><runtime /><system.codedom><compilers /></system.codedom>';
    expect(notes(text).map(([kind, section]) => [kind, section])).toEqual([
      ['not-judged', 'system.web/compilation'],
      ['not-judged', 'system.web/httpRuntime'],
      ['not-judged', 'runtime'],
      ['not-judged', 'system.codedom'],
    ]);
  });

  it('a file that only .NET adds to appSettings', () => {
    expect(notes('<appSettings file="secret.config"><add key="a" value="b" /></appSettings>')).toEqual([
      [
        'not-judged',
        'appSettings',
        'The settings of secret.config (attribute file="") are read only by .NET: they are ignored',
        2,
      ],
    ]);
  });

  it('encrypted sections, and sections declared in the file', () => {
    const declared = '<configSections><section name="log4net" type="x" /></configSections><log4net><a /></log4net>';
    expect(
      notes(`${declared}<connectionStrings configProtectionProvider="P"><EncryptedData /></connectionStrings>`),
    ).toEqual([
      ['no-schema', 'log4net', '<log4net> is declared by /srv/web.config: its content is not checked', 2],
      ['encrypted', 'connectionStrings', '<connectionStrings> is encrypted: its content is ignored', 2],
    ]);
  });
});
