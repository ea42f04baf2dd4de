import fc from 'fast-check';
import type { XmlElement } from '../../src/xml/index.js';

const name = fc.constantFrom('configuration', 'add', 'rule', 'é', 'a.b', 'constructor', 'x-1', 'p:add');
const space = fc.constantFrom('', ' ', '\n', '\r\n  ', '\n\t\t', '\n\n    ', '\r', '  \n  ', '\t\r\n');
const value = fc
  .string({ maxLength: 8 })
  .map((text) => text.replace(/[<&"'\p{C}]/gu, '&amp;'))
  .chain((text) =>
    fc.constantFrom(text, `${text}>`, `${text}&#x1F600;`, `${text}\n  x`, `]]>${text}`, `\u{1F600}${text}`),
  );
const attributes = fc
  .uniqueArray(
    fc.tuple(
      name,
      value,
      fc.constantFrom('"', "'"),
      fc.constantFrom(' ', '\n      ', '  ', '\r\n\t'),
      fc.constantFrom('=', ' = ', '=\n'),
    ),
    { selector: ([key]) => key, maxLength: 3 },
  )
  .map((list) =>
    list.map(([key, text, quote, gap, equals]) => `${gap}${key}${equals}${quote}${text}${quote}`).join(''),
  );
const extra = fc.constantFrom(
  '<!-- a comment -->',
  '<!-- <add/> </x> " -->',
  "<?pi it's?>",
  '<![CDATA[</x>]]>',
  '<![CDATA[\n<!-- ]]>',
  'text &#233;',
  'text -->',
  'first\nsecond',
  '<!--\n two\n-->',
);

const { element } = fc.letrec<{ element: string; node: string }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, extra, tie('element')),
  element: fc
    .tuple(name, attributes, fc.array(fc.tuple(space, tie('node')), { maxLength: 4 }), space, fc.boolean())
    .map(([tag, list, nodes, tail, short]) => {
      if (nodes.length === 0 && short) return `<${tag}${list}${tail}/>`;
      return `<${tag}${list}>${nodes.map((pair) => pair.join('')).join('')}${tail}</${tag}>`;
    }),
}));

/** Well-formed text of any style: newlines, quotes, indentation, comments, instructions, CDATA and text in any mixture. */
export const wellFormed = fc
  .tuple(
    fc.constantFrom(
      '',
      '<?xml version="1.0"?>\r\n',
      "<?xml version='1.0' standalone='yes' ?>",
      '<!-- head -->\n',
      '<?xml-stylesheet x?>',
    ),
    fc
      .tuple(fc.constantFrom('configuration', 'r'), fc.constantFrom(' ', '\n'), element, space)
      .map(([root, gap, inside, tail]) => `<${root}${gap}xmlns:p='u'>${tail}${inside}${tail}</${root}>`),
    fc.constantFrom('', '\n', '\r\n<!-- tail -->', '<?end?>\n'),
  )
  .map((parts) => parts.join(''));

/** The bytes of a well-formed text in UTF-8 or UTF-16, with or without a byte-order mark. */
export const wellFormedBytes: fc.Arbitrary<Buffer> = fc
  .tuple(wellFormed, fc.constantFrom('', '\ufeff'), fc.constantFrom('utf-8', 'utf-16le', 'utf-16be'))
  .map(([text, mark, encoding]) => {
    if (encoding === 'utf-8') return Buffer.from(mark + text);
    const bytes = Buffer.from(mark + text, 'utf16le');
    return encoding === 'utf-16le' ? bytes : bytes.swap16();
  });

/** An element and all below it, in document order. */
export function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(all)];
}
