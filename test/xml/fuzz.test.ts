import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyEdits,
  insertElementEdit,
  invertEdits,
  moveElementEdits,
  parseXml,
  removeAttributeEdit,
  removeElementEdit,
  setAttributeEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
  XmlError,
} from '../../src/xml/index.js';

const name = fc.constantFrom('configuration', 'add', 'rule', 'é', 'a.b', 'constructor', 'x-1');
const space = fc.constantFrom('', ' ', '\n', '\r\n  ', '\n\t\t', '\n\n    ');
const value = fc.string({ maxLength: 8 }).map((text) => text.replace(/[<&"'\p{C}]/gu, '&amp;'));
const attributes = fc
  .uniqueArray(fc.tuple(name, value, fc.constantFrom('"', "'"), fc.constantFrom(' ', '\n      ', '  ')), {
    selector: ([key]) => key,
    maxLength: 3,
  })
  .map((list) => list.map(([key, text, quote, gap]) => `${gap}${key}=${quote}${text}${quote}`).join(''));
const extra = fc.constantFrom(
  '<!-- a comment -->',
  "<?pi it's?>",
  '<![CDATA[</x>]]>',
  'text &#233;',
  '<!--\n two\n-->',
);

const { element } = fc.letrec<{ element: string; node: string }>((tie) => ({
  node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, extra, tie('element')),
  element: fc
    .tuple(name, attributes, fc.array(fc.tuple(space, tie('node')), { maxLength: 4 }), space, fc.boolean())
    .map(([tag, list, nodes, tail, short]) => {
      if (nodes.length === 0 && short) return `<${tag}${list}/>`;
      return `<${tag}${list}>${nodes.map((pair) => pair.join('')).join('')}${tail}</${tag}>`;
    }),
}));
const wellFormed = fc
  .tuple(fc.constantFrom('', '<?xml version="1.0" encoding="utf-8"?>\r\n', '<!-- head -->\n'), element, space)
  .map((parts) => parts.join(''));

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(all)];
}

/** An edit chosen by numbers; [] when the choice makes no sense in this document. */
function someEdit(doc: XmlDocument, kind: number, one: number, two: number, text: string): readonly TextEdit[] {
  const elements = all(doc.root);
  const a = elements[one % elements.length] ?? doc.root;
  const b = elements[two % elements.length] ?? doc.root;
  const inside = elements.filter((candidate) => all(a).includes(candidate));
  switch (kind) {
    case 0:
      return setAttributeEdit(doc, a, 'add', text);
    case 1:
      return removeAttributeEdit(doc, a, a.attributes[0]?.name ?? 'none');
    case 2:
      return insertElementEdit(doc, a, '<!-- c -->\n<new k="v">\n  <in />\n</new>', { at: two % 2 ? 'first' : 'last' });
    case 3:
      return a.parent ? insertElementEdit(doc, a.parent, '<new k="v" />', two % 2 ? { before: a } : { after: a }) : [];
    case 4:
      return a.parent ? removeElementEdit(doc, a) : [];
    default:
      if (!a.parent || inside.includes(b)) return [];
      if (two % 2 || !b.parent) return moveElementEdits(doc, a, b, { at: 'last' });
      return moveElementEdits(doc, a, b.parent, { before: b });
  }
}

const comments = (text: string): number => text.split('<!--').length;

describe('any document', () => {
  it('is read and printed back to the byte', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        const doc = parseXml(Buffer.from(text));
        expect(Buffer.from(doc.toBytes()).toString()).toBe(text);
        for (const { span, name, startTag } of all(doc.root)) {
          expect(text.slice(span.start, span.start + 1 + name.length)).toBe(`<${name}`);
          expect(text[startTag.end - 1]).toBe('>');
          expect(text[span.end - 1]).toBe('>');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('stays well-formed through any edit, loses only what was removed, and comes back by its inverse', () => {
    fc.assert(
      fc.property(wellFormed, fc.nat(5), fc.nat(30), fc.nat(30), fc.string(), (source, kind, one, two, noise) => {
        const text = noise.replace(/\p{C}/gu, '');
        const doc = parseXml(source);
        const edits = someEdit(doc, kind, one, two, text);
        const after = applyEdits(doc, edits);
        expect(applyEdits(after, invertEdits(doc, edits)).text).toBe(source);
        const count = all(after.root).length - all(doc.root).length;
        if (kind === 2) expect(count).toBe(2);
        if (kind === 3) expect(count).toBe(edits.length);
        if (kind === 5) expect([count, comments(after.text)]).toEqual([0, comments(source)]);
        if (kind === 0) {
          const changed = all(after.root)[one % all(doc.root).length];
          expect(changed?.attributes.find((attribute) => attribute.name === 'add')?.value).toBe(text);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('mutated or random is read or refused with an XmlError that names a place in it', () => {
    const mutated = fc
      .tuple(
        wellFormed,
        fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom('<', '>', '"', "'", '&', '/', '--', '\0', '=')), {
          minLength: 1,
          maxLength: 4,
        }),
      )
      .map(([text, changes]) =>
        changes.reduce((now, [where, cut, put]) => {
          const at = where % (now.length + 1);
          return now.slice(0, at) + put + now.slice(at + cut);
        }, text),
      );
    const pieces = fc
      .array(
        fc.constantFrom(
          '<',
          '</',
          'a',
          '>',
          '/>',
          ' b="',
          '"',
          "'",
          '&',
          ';',
          '<!--',
          '-->',
          '<?',
          '?>',
          ']]>',
          '<![CDATA[',
          '\n',
          '#',
          'x',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(mutated, pieces, fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 60 })),
        (source) => {
          try {
            const doc = parseXml(source);
            if (typeof source !== 'string') expect(Buffer.compare(doc.toBytes(), source)).toBe(0);
          } catch (error) {
            if (!(error instanceof XmlError)) throw error;
            expect(error.position.line).toBeGreaterThan(0);
            expect(error.position.column).toBeGreaterThan(0);
            expect(error.message).toMatch(/\.$/);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
