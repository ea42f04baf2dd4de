import { describe, expect, it } from 'vitest';
import { attribute, findElement, findElements, parseXml, type XmlElement } from '../../src/xml/index.js';

const source = `<?xml version="1.0" encoding="utf-8"?>
<!-- head -->
<configuration>
\t<system.webServer>\r
    <handlers>
      <add name='iisnode' path="a&amp;b&#233;.js"
           verb = "*" />
      <add name="two"/>
    </handlers>
  </system.webServer><![CDATA[ ]]>
</configuration>
<!-- tail -->
`;

const slice = (text: string, { start, end }: { start: number; end: number }): string => text.slice(start, end);
const root = (text: string): XmlElement => parseXml(text).root;

describe('a document', () => {
  const doc = parseXml(source, 'web.config');
  const add = findElement(doc.root, 'system.webServer/handlers/add') as XmlElement;

  it('keeps its text and its leading newline', () => {
    expect(doc.text).toBe(source);
    expect(doc.newline).toBe('\n');
    expect(doc.file).toBe('web.config');
    expect(parseXml('<a>\r\n</a>\n').newline).toBe('\r\n');
    expect(parseXml('<a>\r</a>').newline).toBe('\r');
    expect(parseXml('<a/>').newline).toBe('\n');
  });

  it('knows the place of every element and attribute', () => {
    expect(slice(doc.text, add.startTag)).toBe(`<add name='iisnode' path="a&amp;b&#233;.js"\n           verb = "*" />`);
    expect(add.span).toEqual(add.startTag);
    expect(add.endTag).toBeUndefined();
    expect(doc.positionAt(add.span.start)).toMatchObject({ line: 6, column: 7 });
    const [name, path, verb] = add.attributes;
    expect(name && slice(doc.text, name.span)).toBe(`name='iisnode'`);
    expect(name?.quote).toBe("'");
    expect(path && slice(doc.text, path.valueSpan)).toBe('a&amp;b&#233;.js');
    expect(verb && slice(doc.text, verb.span)).toBe('verb = "*"');
    expect(verb && doc.positionAt(verb.span.start)).toMatchObject({ line: 7, column: 12 });
    const handlers = add.parent as XmlElement;
    expect(slice(doc.text, handlers.endTag ?? handlers.span)).toBe('</handlers>');
    expect(slice(doc.text, doc.root.span).endsWith('</configuration>')).toBe(true);
  });

  it('decodes entities and makes white space in values spaces', () => {
    expect(attribute(add, 'path')).toBe('a&bé.js');
    expect(attribute(root('<a x="1\r\n2\t3&#10;4&#x1F600;&lt;&gt;&quot;&apos;"/>'), 'x')).toBe(`1 2 3\n4\u{1F600}<>"'`);
  });

  it('finds elements by path, comparing names with case, in document order', () => {
    expect(
      findElements(doc.root, 'system.webServer/handlers/add').map((element) => attribute(element, 'name')),
    ).toEqual(['iisnode', 'two']);
    expect(findElement(doc.root, 'System.webServer')).toBeUndefined();
    expect(attribute(add, 'NAME')).toBeUndefined();
  });

  it('distinguishes text from white space', () => {
    expect(doc.root.hasText).toBe(false);
    expect(root('<a>x</a>').hasText).toBe(true);
    expect(root('<a><![CDATA[x]]></a>').hasText).toBe(true);
    expect(root('<a><!-- x --> <b>y</b></a>').hasText).toBe(false);
  });

  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'é', 'a-b.c_d'])(
    'takes an element and an attribute named %s',
    (name) => {
      const [child] = root(`<a><${name} ${name}="1"/></a>`).children;
      expect(child?.name).toBe(name);
      expect(child && attribute(child, name)).toBe('1');
    },
  );

  it('ignores quotes and brackets in comments, instructions and CDATA', () => {
    const text = `<?x it's ?><a><!-- ' <b> " --><?y "?><![CDATA[</a> ' ]]><b/><?z a='>' ?></a>`;
    expect(root(text).children.map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    '<?foo <?xml x ?><a/>',
    '<!-- <?xml version="1.0"?> --><a/>',
    `<?xml version="1.0"${' '.repeat(2_000)}?><a/>`,
    '<?xml\nversion = "1.0"\r\nencoding=\'utf-8\'\tstandalone="no" ?><a/>',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:space="preserve" xml:lang="x"/>',
    '<a xmlns="u" xmlns:b="v"><b xmlns="" b:c="1" c="2"/><b:d xmlns:b="w" b:c="1"/><b:e></b:e></a>',
    '<a xmlns:b="u" xmlns:c="v" b:d="1" c:d="2" d="3"/>',
    '<a b=">" c="]]>" d="\'"/>',
    '<a>]]<!-- -->></a>',
    '<a><!----><?p?><![CDATA[]]]]><![CDATA[>]]></a>',
    '<a b="&#60;&#38;&#13;"/>',
    '<a>\u007f\u0085\u2028\ufeff\u{1fffe}</a>',
    '<\u{10000}a/>',
    '<a\n b\n=\n"1"\n\n/>',
    '<a B="1" b="1"/>',
  ])('accepts %j, which is well-formed', (text) => {
    expect(Buffer.from(parseXml(Buffer.from(text)).toBytes()).toString()).toBe(text);
  });

  it('counts lines ended by LF, CR LF and CR alike', () => {
    const doc = parseXml('<a>\r\n<b/>\r<c/>\n<d/></a>');
    expect(doc.root.children.map(({ span }) => doc.positionAt(span.start).line)).toEqual([2, 3, 4]);
  });
});

describe('size', () => {
  it('reads 256 levels and refuses 257 and 100,000 without overflowing the stack', () => {
    expect(root('<a>'.repeat(256) + '</a>'.repeat(256)).name).toBe('a');
    expect(() => root('<a>'.repeat(257) + '</a>'.repeat(257))).toThrow('nested deeper than 256');
    expect(() => root('<a>'.repeat(100_000) + '</a>'.repeat(100_000))).toThrow('nested deeper than 256');
  });
});
