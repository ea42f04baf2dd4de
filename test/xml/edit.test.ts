import { describe, expect, it } from 'vitest';
import {
  applyEdits,
  findElement,
  findElements,
  insertElementEdit,
  moveElementEdits,
  parseXml,
  removeAttributeEdit,
  removeElementEdit,
  setAttributeEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../../src/xml/index.js';
import { growth, linear } from '../support/growth.js';
import { invertEdits } from './invert-edits.js';

function at(doc: XmlDocument, path: string, index = 0): XmlElement {
  const found = path === '' ? doc.root : findElements(doc.root, path)[index];
  if (!found) throw new Error(`No ${path} in the test's own document.`);
  return found;
}

const all = (element: XmlElement): readonly XmlElement[] => [element, ...element.children.flatMap(all)];

/** The text after the edits; undoing them must restore the original text. */
function edited(source: string, edit: (doc: XmlDocument) => readonly TextEdit[]): string {
  const doc = parseXml(source);
  const edits = edit(doc);
  const after = applyEdits(doc, edits);
  expect(applyEdits(after, invertEdits(doc, edits)).text).toBe(doc.text);
  return after.text;
}

describe('attributes', () => {
  it('change in place, in the quotes they have', () => {
    expect(edited(`<a x = 'old' y="1"/>`, (doc) => setAttributeEdit(doc, doc.root, 'x', `it's <&"`))).toBe(
      `<a x = 'it&apos;s &lt;&amp;"' y="1"/>`,
    );
  });

  it('keep their spelling if the value is the same', () => {
    expect(edited('<a x="&#233;"/>', (doc) => setAttributeEdit(doc, doc.root, 'x', 'é'))).toBe('<a x="&#233;"/>');
  });

  it.each([
    ['<a/>', '<a y="2"/>'],
    ['<a />', '<a y="2" />'],
    ['<a></a>', '<a y="2"></a>'],
    [`<a x='1' />`, `<a x='1' y='2' />`],
    ['<a x="1"\n   z="3"\n/>', '<a x="1"\n   z="3"\n   y="2"\n/>'],
    ['<a\r\n\tz="3">\r\n</a>', '<a\r\n\tz="3"\r\n\ty="2">\r\n</a>'],
  ])('added to %j follow the tag', (source, expected) => {
    expect(edited(source, (doc) => setAttributeEdit(doc, doc.root, 'y', '2'))).toBe(expected);
    const doc = parseXml(expected);
    expect(applyEdits(doc, removeAttributeEdit(doc, doc.root, 'y')).text).toBe(source);
  });

  it('accept any character that XML can express, and reject others', () => {
    const value = `\t\n\r"'<>&]]>é\u{1F600}`;
    const doc = parseXml('<a/>');
    expect(applyEdits(doc, setAttributeEdit(doc, doc.root, 'x', value)).root.attributes[0]?.value).toBe(value);
    expect(() => setAttributeEdit(doc, doc.root, 'x', '\0')).toThrow(RangeError);
    expect(() => setAttributeEdit(doc, doc.root, 'x', '\ud800')).toThrow(RangeError);
    expect(() => setAttributeEdit(doc, doc.root, 'x y', '')).toThrow(RangeError);
    expect(removeAttributeEdit(doc, doc.root, 'x')).toEqual([]);
  });
});

describe('inserted elements', () => {
  const xml = '<!-- why -->\n<r n="1">\n  <m/>\n</r>';
  it.each([
    ['an empty tag opens up', '<c>\n  <a />\n</c>', '<c>\n  <a>\n    @\n  </a>\n</c>'],
    ['tags with nothing between', '<c>\n  <a></a>\n</c>', '<c>\n  <a>\n    @\n  </a>\n</c>'],
    ['tags on two lines', '<c>\n  <a>\n  </a>\n</c>', '<c>\n  <a>\n    @\n  </a>\n</c>'],
    ['children on their lines', '<c>\n\t<a>\n\t\t<b/>\n\t</a>\n</c>', '<c>\n\t<a>\n\t\t<b/>\n\t\t@\n\t</a>\n</c>'],
    [
      'CR LF',
      '<c>\r\n    <a>\r\n        <b/>\r\n    </a>\r\n</c>',
      '<c>\r\n    <a>\r\n        <b/>\r\n        @\r\n    </a>\r\n</c>',
    ],
    [
      'a last comment',
      '<c>\n  <a>\n    <b/> <!-- b -->\n\n  </a>\n</c>',
      '<c>\n  <a>\n    <b/> <!-- b -->\n    @\n\n  </a>\n</c>',
    ],
    ['children on one line', '<c>\n  <a><b/></a>\n</c>', '<c>\n  <a><b/>@</a>\n</c>'],
    ['a minified document', '<c><a/></c>', '<c><a>@</a></c>'],
    ['single quotes', "<c>\n  <a q='1'/>\n</c>", "<c>\n  <a q='1'>\n    @\n  </a>\n</c>"],
  ])('%s: at the end', (_, source, pattern) => {
    const after = edited(source, (doc) => insertElementEdit(doc, at(doc, 'a'), xml, { at: 'last' }));
    const newline = source.includes('\r\n') ? '\r\n' : '\n';
    const indent = /([ \t]*)@/.exec(pattern)?.[1] ?? '';
    const unit = source.includes('\t') ? '\t' : source.includes('    <a>\r') ? '    ' : '  ';
    const quote = source.includes("'") ? "'" : '"';
    const lines = ['<!-- why -->', `<r n=${quote}1${quote}>`, `${unit}<m/>`, '</r>'];
    const flat = !/[\r\n][ \t]*@/.test(pattern);
    const inserted = flat ? lines.map((line) => line.trim()).join('') : lines.join(newline + indent);
    expect(after).toBe(pattern.replace('@', () => inserted));
  });

  it('go first, before and after a child, and are removed completely', () => {
    const source = '<a>\n  <!-- of b -->\n  <b/> <!-- b -->\n  <c/>\n</a>\n';
    const place = {
      first: [
        (doc: XmlDocument) => insertElementEdit(doc, doc.root, '<n/>', { at: 'first' }),
        '<a>\n  <n/>\n  <!-- of b -->',
      ],
      before: [
        (doc: XmlDocument) => insertElementEdit(doc, doc.root, '<n/>', { before: at(doc, 'b') }),
        '<a>\n  <n/>\n  <!-- of b -->',
      ],
      after: [
        (doc: XmlDocument) => insertElementEdit(doc, doc.root, '<n/>', { after: at(doc, 'b') }),
        '<b/> <!-- b -->\n  <n/>\n  <c/>',
      ],
      beforeC: [
        (doc: XmlDocument) => insertElementEdit(doc, doc.root, '<n/>', { before: at(doc, 'c') }),
        '\n  <n/>\n  <c/>',
      ],
    } as const;
    for (const [edit, expected] of Object.values(place)) {
      const after = edited(source, edit);
      expect(after).toContain(expected);
      const doc = parseXml(after);
      expect(applyEdits(doc, removeElementEdit(doc, at(doc, 'n'))).text).toBe(source);
    }
  });

  it('stay on the line of a child that shares it', () => {
    expect(
      edited('<a>\n<b/><c/>\n</a>', (doc) => insertElementEdit(doc, doc.root, '<n/>', { before: at(doc, 'c') })),
    ).toBe('<a>\n<b/><n/><c/>\n</a>');
    expect(edited('<a><b/></a>', (doc) => insertElementEdit(doc, doc.root, '<n/>', { after: at(doc, 'b') }))).toBe(
      '<a><b/><n/></a>',
    );
    expect(edited('<a><b/></a>', (doc) => insertElementEdit(doc, doc.root, '<n/>', { at: 'first' }))).toBe(
      '<a><n/><b/></a>',
    );
  });

  const after = (doc: XmlDocument, path: string) =>
    insertElementEdit(doc, at(doc, path).parent ?? doc.root, '<n/>', { after: at(doc, path) });
  const before = (doc: XmlDocument, path: string) =>
    insertElementEdit(doc, at(doc, path).parent ?? doc.root, '<n/>', { before: at(doc, path) });
  const first = (doc: XmlDocument, path: string) => insertElementEdit(doc, at(doc, path), '<n/>', { at: 'first' });
  const last = (doc: XmlDocument, path: string) => insertElementEdit(doc, at(doc, path), '<n/>', { at: 'last' });
  const long = `<!-- ${'why '.repeat(300)}-->`;
  it.each([
    ['after a child that shares its line', after, 'b', '<a>\n  <b/>@<c/>\n</a>'],
    ['after a child with a comment and more on its line', after, 'b', '<a>\n  <b/>@ <!-- 1 --> <c/> <!-- 2 -->\n</a>'],
    ['after a last child whose parent ends on its line', after, 'a/b', '<r><a>\n  <b/>\n  @</a> <!-- 1 -->\n</r>'],
    [
      'after a child and its comment, before the parent ends',
      after,
      'a/b',
      '<r><a>\n  <b/> <!-- 0 -->\n  @</a> <!-- 1 -->\n</r>',
    ],
    ['after a child with a long comment', after, 'b', `<a>\n  <b/> ${long}\n  @\n</a>`],
    ['after a child with a comment of two lines', after, 'b', '<a>\n  <b/> <!-- 1\n    2 -->\n  @\n</a>'],
    ['after a child with blanks behind it', after, 'b', '<a>\n  <b/>  \t\n  @\n</a>'],
    ['after a child with text behind it', after, 'b', '<a>\n  <b/>@ text\n</a>'],
    ['last, behind blanks', last, '', '<a>\n  <b/>  \n  @\n</a>'],
    ['last, between tags with blanks', last, 'b', '<a>\n  <b>  \n    @\n  </b>\n</a>'],
    ['first, behind the comment of its parent', first, '', '<a> <!-- of a -->\n  @\n  <b/>\n</a>'],
    ['first, with company', first, '', '<a>@<!-- of b --><b/>\n</a>'],
    [
      'before a child below a comment that is indented differently',
      before,
      'b',
      '<a>\n  @\n      <!-- b -->\n  <b/>\n</a>',
    ],
    ['before a child below a long comment', before, 'b', `<a>\n  @\n  ${long}\n  <b/>\n</a>`],
    [
      'before a child below text that looks like the end of a comment',
      before,
      'a/b',
      '<r>\n<!-- c -->\n<a>\n  text -->\n  @\n  <b/></a></r>',
    ],
    ['before a child below a comment inside of CDATA', before, 'b', '<a><![CDATA[\n<!-- ]]> text -->\n  @\n  <b/></a>'],
    ['before a child that follows a tag on its line', before, 'b/c', '<a>\n  <b>@<c/>\n  </b>\n</a>'],
    ['in lines ended by CR', after, 'b', '<a>\r\t<b/>\r\t@\r</a>'],
  ] as const)('%s: %#', (_, edit, path, pattern) => {
    const source = pattern.replace(/(?:\r\n|\n|\r)[ \t]*@|@/, '');
    const text = edited(source, (doc) => edit(doc, path));
    expect(text).toBe(pattern.replace('@', '<n/>'));
    const doc = parseXml(text);
    const [added] = all(doc.root).filter(({ name }) => name === 'n');
    expect(added && applyEdits(doc, removeElementEdit(doc, added)).text).toBe(source);
  });

  it('take linear time, in a line of any length', () => {
    const line = (size: number) => parseXml(`<a> ${'<b/>'.repeat(size)}\n</a>`);
    const [short, long] = [line(10_000), line(320_000)];
    const insert = (doc: ReturnType<typeof parseXml>) =>
      insertElementEdit(doc, doc.root, '<n><m/></n>', { at: 'last' });
    expect(insert(long)[0]?.text).toBe('\n  <n><m/></n>');
    expect(growth((size) => insert(size > 10_000 ? long : short), 10_000)).toBeLessThan(linear);
  });

  it('must be well-formed and beside a child of the parent', () => {
    const doc = parseXml('<a><b><c/></b></a>');
    expect(() => insertElementEdit(doc, doc.root, '<n>', { at: 'last' })).toThrow('no end tag');
    expect(() => insertElementEdit(doc, doc.root, '<n/>', { after: at(doc, 'b/c') })).toThrow(RangeError);
  });
});

describe('removed and moved elements', () => {
  it('are removed with their line, not with their neighbours', () => {
    const source = '<a>\r\n  <b/>\r\n  <c>\r\n    <d/>\r\n  </c> <!-- c -->\r\n</a>';
    expect(edited(source, (doc) => removeElementEdit(doc, at(doc, 'b')))).toBe(source.replace('\r\n  <b/>', ''));
    expect(edited(source, (doc) => removeElementEdit(doc, at(doc, 'c')))).toBe(
      '<a>\r\n  <b/>\r\n   <!-- c -->\r\n</a>',
    );
    expect(edited('<a>\n  <b/>  \n  <c/>\n</a>', (doc) => removeElementEdit(doc, at(doc, 'b')))).toBe(
      '<a>\n  <c/>\n</a>',
    );
    expect(edited('<a><b/><c/></a>', (doc) => removeElementEdit(doc, at(doc, 'b')))).toBe('<a><c/></a>');
    const doc = parseXml('<a/>');
    expect(() => removeElementEdit(doc, doc.root)).toThrow(RangeError);
  });

  const rules = '<r>\n  <!-- 1 -->\n  <x n="1"/>\n  <x n="2">\n    <m/>\n  </x>\n  <o>\n    <x n="3"/>\n  </o>\n</r>';

  it('move with their contents', () => {
    expect(edited(rules, (doc) => moveElementEdits(doc, at(doc, 'x', 1), doc.root, { before: at(doc, 'x') }))).toBe(
      '<r>\n  <x n="2">\n    <m/>\n  </x>\n  <!-- 1 -->\n  <x n="1"/>\n  <o>\n    <x n="3"/>\n  </o>\n</r>',
    );
    expect(edited(rules, (doc) => moveElementEdits(doc, at(doc, 'x', 1), at(doc, 'o'), { at: 'last' }))).toBe(
      '<r>\n  <!-- 1 -->\n  <x n="1"/>\n  <o>\n    <x n="3"/>\n    <x n="2">\n      <m/>\n    </x>\n  </o>\n</r>',
    );
  });

  it('change nothing if they are already there', () => {
    for (const where of [
      (doc: XmlDocument) => ({ after: at(doc, 'x') }),
      (doc: XmlDocument) => ({ before: at(doc, 'o') }),
      (doc: XmlDocument) => ({ before: at(doc, 'x', 1) }),
    ]) {
      expect(edited(rules, (doc) => moveElementEdits(doc, at(doc, 'x', 1), doc.root, where(doc)))).toBe(rules);
    }
  });

  it('are restored when they are moved again to their place, without endy two places', () => {
    const source =
      '<r>\r\n\t<o>\r\n\t\t<x n="1" />  \r\n\t\t<x n="2">\r\n\t\t\t<m/>\r\n\t\t</x>\r\n\t\t<x n="3"/><!-- 3 -->\r\n\t</o>\r\n\t<p>\r\n\t\t<y/>\r\n\t</p>\r\n</r>';
    for (const from of [0, 1]) {
      for (const where of [{ at: 'first' }, { at: 'last' }, 'before', 'after'] as const) {
        const doc = parseXml(source);
        const [p, y] = [at(doc, 'p'), at(doc, 'p/y')];
        const place = where === 'before' ? { before: y } : where === 'after' ? { after: y } : where;
        const there = applyEdits(doc, moveElementEdits(doc, at(doc, 'o/x', from), p, place));
        const moved = findElement(there.root, 'p/x');
        const next = findElements(there.root, 'o/x')[from];
        if (!moved || !next) throw new Error('It did not move.');
        const back = applyEdits(there, moveElementEdits(there, moved, at(there, 'o'), { before: next }));
        expect(back.text.replaceAll(/[ \t]+(?=\r)/g, '')).toBe(source.replaceAll(/[ \t]+(?=\r)/g, ''));
      }
    }
  });

  it('move last and first if they already are, with blanks after them', () => {
    const source = '<r>\n  <x/>  \n  <y/>  \n</r>';
    expect(edited(source, (doc) => moveElementEdits(doc, at(doc, 'y'), doc.root, { at: 'last' }))).toBe(source);
    expect(edited(source, (doc) => moveElementEdits(doc, at(doc, 'x'), doc.root, { at: 'first' }))).toBe(source);
  });

  it('do not move into themselves', () => {
    const doc = parseXml(rules);
    expect(() => moveElementEdits(doc, at(doc, 'o'), at(doc, 'o'), { at: 'last' })).toThrow(RangeError);
  });
});

describe('edits together', () => {
  it('use positions of the original text and may touch, but not overlap', () => {
    const doc = parseXml('<a><b/></a>');
    const b = findElement(doc.root, 'b') as XmlElement;
    expect(applyEdits(doc, []).text).toBe(doc.text);
    expect(
      applyEdits(doc, [...removeElementEdit(doc, b), ...insertElementEdit(doc, doc.root, '<c/>', { before: b })]).text,
    ).toBe('<a><c/></a>');
    expect(() => applyEdits(doc, [...removeElementEdit(doc, b), ...setAttributeEdit(doc, b, 'x', '1')])).toThrow(
      RangeError,
    );
  });
});
