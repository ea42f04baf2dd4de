import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  applyEdits,
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
import { invertEdits } from './invert-edits.js';

const folder = path.join(import.meta.dirname, '..', 'fixtures', 'xml');
const files = readdirSync(folder);

const all = (element: XmlElement): readonly XmlElement[] => [element, ...element.children.flatMap(all)];

/** Every kind of edit at every place of a document. */
function* editsOf(doc: XmlDocument): Generator<readonly [what: string, edits: readonly TextEdit[]]> {
  const elements = all(doc.root);
  for (const [index, element] of elements.entries()) {
    const at = `${element.name} (${index})`;
    yield [`set on ${at}`, setAttributeEdit(doc, element, 'new', `a < 'b' & "c"\n`)];
    for (const { name } of element.attributes) {
      yield [`change ${name} of ${at}`, setAttributeEdit(doc, element, name, `it's "new"`)];
      if (name.startsWith('xmlns:')) continue; // its prefix would be undeclared: rejected
      yield [`remove ${name} of ${at}`, removeAttributeEdit(doc, element, name)];
    }
    for (const where of ['first', 'last'] as const) {
      yield [`insert ${where} in ${at}`, insertElementEdit(doc, element, '<a b="c">\n  <d />\n</a>', { at: where })];
    }
    const { parent } = element;
    if (parent === undefined) continue;
    yield [`insert before ${at}`, insertElementEdit(doc, parent, '<!-- x -->\n<a />', { before: element })];
    yield [`insert after ${at}`, insertElementEdit(doc, parent, '<a />', { after: element })];
    yield [`remove ${at}`, removeElementEdit(doc, element)];
    const [target] = elements.filter((other) => other !== parent && !all(element).includes(other)).slice(-1);
    if (target !== undefined) yield [`move ${at}`, moveElementEdits(doc, element, target, { at: 'last' })];
  }
}

describe.each(files)('%s', (file) => {
  const bytes = readFileSync(path.join(folder, file));
  const doc = parseXml(bytes, file);

  it('is printed byte for byte', () => {
    expect(Buffer.compare(doc.toBytes(), bytes)).toBe(0);
  });

  it('stays well-formed through every edit, keeps its encoding, and the inverse restores the original bytes', () => {
    let count = 0;
    for (const [what, edits] of editsOf(doc)) {
      const after = applyEdits(doc, edits);
      expect([what, after.encoding, after.bom]).toEqual([what, doc.encoding, doc.bom]);
      // What is written is read again as it was meant.
      expect(parseXml(after.toBytes(), file).text, what).toBe(after.text);
      const back = applyEdits(after, invertEdits(doc, edits));
      expect(Buffer.compare(back.toBytes(), bytes), what).toBe(0);
      count++;
    }
    expect(count).toBeGreaterThan(10);
  });

  it('is edited in its own style: newlines, quotes, indentation', () => {
    const target = all(doc.root).findLast(({ children }) => children.length > 0) ?? doc.root;
    const [edit] = insertElementEdit(doc, target, '<a b="c">\n  <d />\n</a>', { at: 'last' });
    const text = edit?.text ?? '';
    const newlines = text.match(/\r\n|\r|\n/g) ?? [];
    expect(newlines.every((newline) => newline === doc.newline)).toBe(true);
    // An end tag on the line of the last child keeps its line.
    const isOneLine = !/[\r\n]/.test(doc.text.slice(target.children.at(-1)?.span.end, target.endTag?.start));
    expect(newlines.length > 0).toBe(!isOneLine);
    const quote = /=\s*(["'])/.exec(doc.text.slice(doc.root.span.start))?.[1] ?? '"';
    expect(text).toContain(`b=${quote}c${quote}`);
    if (isOneLine) return;
    const starts = target.children.map(({ span }) => /[\r\n]([ \t]*)$/.exec(doc.text.slice(0, span.start))?.[1]);
    const indent = starts.find((start) => start !== undefined);
    expect(text.startsWith(`${doc.newline}${indent}<a`), JSON.stringify(text)).toBe(true);
  });
});
