import { describe, expect, it } from 'vitest';
import { validateDocument } from '../../src/config/index.js';
import { parseXml } from '../../src/xml/index.js';
import { at, server, webConfig } from './support.js';

const problems = (text: string): readonly string[] =>
  validateDocument(parseXml(webConfig(`<rewrite>${text}</rewrite>`))).map(({ message }) => message);
const rule = (inner: string, attributes = ''): string => `<rules><rule name="a" ${attributes}>${inner}</rule></rules>`;

describe('what URL Rewrite 2.1 accepts', () => {
  it.each([
    rule(''),
    rule('<action type="Rewrite" url="x" logRewrittenUrl="true" /><match url=".*" />'),
    rule('<match url="x" negate="True" />', 'patternSyntax="wildcard" stopProcessing="True"'),
    rule('<serverVariables><set name="X" value="{C:1}" /></serverVariables>'),
    rule('<action type="CustomResponse" statusCode="404" subStatusCode="3" statusReason="x" statusDescription="y" />'),
    '<rules useOriginalURLEncoding="false" />',
    '<outboundRules><rule name="a"><match filterByTags="A, Img" pattern="x" /></rule></outboundRules>',
    '<outboundRules><customTags><tags name="t"><tag name="a" attribute="b" /></tags></customTags></outboundRules>',
    '<outboundRules><preConditions><preCondition name="p"><add input="{X}" pattern="y" /></preCondition></preConditions></outboundRules>',
    '<providers><provider name="p" type="T"><settings><add key="k" value="v" /></settings></provider></providers>',
    '<rewriteMaps><rewriteMap name="m" defaultValue="" /></rewriteMaps>',
  ])('%s', (text) => {
    expect(problems(text)).toEqual([]);
  });
});

describe('what URL Rewrite 2.1 rejects', () => {
  it.each([
    [rule('<match url="" />'), "The 'url' attribute is invalid.  String must not be empty"],
    [
      rule('<action type="CustomResponse" statusCode="301" />'),
      "The 'statusCode' attribute is invalid.  Integer value must not be between 300 and 307 inclusive",
    ],
    [
      rule('<action subStatusCode="1000" />'),
      "The 'subStatusCode' attribute is invalid.  Integer value must be between 0 and 999 inclusive",
    ],
    [
      rule('<conditions><add matchType="IsFiles" /></conditions>'),
      "The 'matchType' attribute is invalid.  Enum must be one of Pattern, IsFile, IsDirectory",
    ],
    [
      '<globalRules><rule name="a"><conditions><add matchType="IsFile" /></conditions></rule></globalRules>',
      "The 'matchType' attribute is invalid.  Enum must be one of Pattern",
    ],
    [
      '<globalRules><rule name="a"><action logRewrittenUrl="true" /></rule></globalRules>',
      "Unrecognized attribute 'logRewrittenUrl'",
    ],
    [
      rule('<action type="Redirect" redirectType="308" />'),
      "The 'redirectType' attribute is invalid.  Enum must be one of Permanent, Found, SeeOther, Temporary",
    ],
    [rule('<action statusLine="x" />'), "Unrecognized attribute 'statusLine'"],
    [rule('<match url="x" patternSyntax="Wildcard" />'), "Unrecognized attribute 'patternSyntax'"],
    [rule('<action stopProcessing="true" />'), "Unrecognized attribute 'stopProcessing'"],
    ['<rules><rule /></rules>', "Missing required attribute 'name'"],
    [
      '<rules><rule name="a" /><rule name="A" /></rules>',
      "Cannot add duplicate collection entry of type 'rule' with unique key attribute 'name' set to 'A'",
    ],
    ['<outboundRules><rule name="a"><match url="x" /></rule></outboundRules>', "Unrecognized attribute 'url'"],
    ['<outboundRules><rule name="a"><action url="x" /></rule></outboundRules>', "Unrecognized attribute 'url'"],
  ])('%s: %s', (text, message) => {
    expect(problems(text)).toEqual([message]);
  });

  it('a rule directly under <rewrite> is an undeclared section', () => {
    expect(problems('<rule name="a" />')).toEqual([
      "The configuration section 'system.webServer/rewrite/rule' cannot be read because it is missing a section declaration",
    ]);
  });
});

it('trackAllCaptures is off in rules and on in outboundRules by default', () => {
  const text = '<rules><rule name="a" /></rules><outboundRules><rule name="a" /></outboundRules>';
  const model = server({ files: { '/srv/web.config': webConfig(`<rewrite>${text}</rewrite>`) } });
  const track = (section: string): boolean | undefined =>
    model
      .effective(`system.webServer/rewrite/${section}`, at(model, '/'))
      .items[0]?.child('conditions')
      .boolean('trackAllCaptures');
  expect([track('rules'), track('outboundRules')]).toEqual([false, true]);
});
