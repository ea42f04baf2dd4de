import fc from 'fast-check';
import { expect } from 'vitest';
import {
  applyEdits,
  type InsertWhere,
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
import { all } from './documents.js';
import { invertEdits } from './invert-edits.js';

/** An element as plain data that can be changed: the content that a document must have after an edit, in any format. */
interface Model {
  readonly name: string;
  readonly attributes: Map<string, string>;
  readonly children: Model[];
  readonly source?: XmlElement;
}

const modelOf = (element: XmlElement): Model => ({
  name: element.name,
  attributes: new Map(element.attributes.map(({ name, value }) => [name, value])),
  children: element.children.map(modelOf),
  source: element,
});

const plain = ({ name, attributes, children }: Model): unknown => [name, [...attributes], children.map(plain)];

const flat = (model: Model): readonly Model[] => [model, ...model.children.flatMap(flat)];

/** The nodes of a model for these elements. */
class Tree {
  readonly root: Model;
  constructor(doc: XmlDocument) {
    this.root = modelOf(doc.root);
  }
  of(element: XmlElement): Model {
    const found = flat(this.root).find(({ source }) => source === element);
    if (!found) throw new Error('No such element in the model.');
    return found;
  }
  put(parent: XmlElement, child: Model, where: InsertWhere): void {
    const { children } = this.of(parent);
    const beside = 'before' in where ? where.before : 'after' in where ? where.after : undefined;
    const index = children.findIndex(({ source }) => beside && source === beside);
    const at = 'at' in where ? (where.at === 'first' ? 0 : children.length) : 'before' in where ? index : index + 1;
    children.splice(at, 0, child);
  }
  take(element: XmlElement): Model {
    const siblings = element.parent ? this.of(element.parent).children : [];
    const [taken] = siblings.splice(
      siblings.findIndex(({ source }) => source === element),
      1,
    );
    if (!taken) throw new Error('No such child in the model.');
    return taken;
  }
}

/** A kind of edit, two elements of the document, a place, and a text. */
export type Choice = readonly [kind: number, one: number, two: number, place: number, text: string];
export const choice: fc.Arbitrary<Choice> = fc.tuple(
  fc.nat(4),
  fc.nat(40),
  fc.nat(40),
  fc.nat(3),
  fc.string({ unit: fc.constantFrom('a', '<', '"', "'", '&', '\n', '>', 'é', '\u{1F600}', ' ') }),
);

interface Made {
  readonly edits: readonly TextEdit[];
  /** The content that the document must have afterwards. */
  readonly expected: unknown;
  /** The kinds of content that must stay, because it is not markup of elements: comments, text, instructions. */
  readonly keepsRest: boolean;
}

const fragment = '<!-- c -->\n<new k="v">\n  <in />\n</new>';
const fragmentModel = (): Model => ({
  name: 'new',
  attributes: new Map([['k', 'v']]),
  children: [{ name: 'in', attributes: new Map(), children: [] }],
});

function make(doc: XmlDocument, [kind, one, two, place, text]: Choice): Made {
  const elements = all(doc.root);
  const a = elements[one % elements.length] ?? doc.root;
  const b = elements[two % elements.length] ?? doc.root;
  const tree = new Tree(doc);
  const isBeside = place > 1 && b.parent !== undefined;
  const parent = isBeside && b.parent ? b.parent : b;
  const where: InsertWhere = isBeside
    ? place === 2
      ? { before: b }
      : { after: b }
    : { at: place % 2 ? 'last' : 'first' };
  const made = (edits: readonly TextEdit[], keepsRest = true): Made => ({
    edits,
    expected: plain(tree.root),
    keepsRest,
  });
  if (kind === 0) {
    const name = a.attributes[place]?.name ?? 'added';
    tree.of(a).attributes.set(name, text);
    return name.startsWith('xmlns')
      ? make(doc, [0, one + 1, two, 3, text])
      : made(setAttributeEdit(doc, a, name, text));
  }
  if (kind === 1) {
    const name = a.attributes.find((attribute) => !attribute.name.startsWith('xmlns'))?.name ?? 'none';
    tree.of(a).attributes.delete(name);
    return made(removeAttributeEdit(doc, a, name));
  }
  if (kind === 2) {
    tree.put(parent, fragmentModel(), where);
    return made(insertElementEdit(doc, parent, fragment, where));
  }
  if (!a.parent || a.attributes.some(({ name }) => name.startsWith('xmlns'))) return made([]);
  if (kind === 3) {
    tree.take(a);
    return made(removeElementEdit(doc, a), false);
  }
  if (all(a).includes(parent)) return made([]);
  if (b !== a || !isBeside) {
    const moved = tree.take(a);
    tree.put(parent, moved, where);
  }
  return made(moveElementEdits(doc, a, parent, where));
}

/** Comments, instructions, CDATA and text in it without their white space, sorted: what an edit of elements must not lose. */
const rest = (text: string): readonly string[] =>
  (
    text
      .replaceAll('<!-- c -->', '')
      .match(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|text &#233;|text -->|first\nsecond/g) ?? []
  )
    .map((piece) => piece.replace(/\s+/g, ' '))
    .sort();

/** Makes the edits one after the other, then undoes them. */
export function expectSound(bytes: Uint8Array, choices: readonly Choice[]): void {
  const first = parseXml(bytes);
  let doc = first;
  const inverses: (readonly TextEdit[])[] = [];
  for (const one of choices) {
    const { edits, expected, keepsRest } = make(doc, one);
    const after = applyEdits(doc, edits);
    expect(plain(modelOf(after.root))).toEqual(expected);
    if (keepsRest) expect(rest(after.text)).toEqual(rest(doc.text));
    expect(parseXml(after.toBytes()).text).toBe(after.text);
    inverses.unshift(invertEdits(doc, edits));
    doc = after;
  }
  for (const inverse of inverses) doc = applyEdits(doc, inverse);
  expect(Buffer.compare(doc.toBytes(), bytes)).toBe(0);
}
