import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, type InsertWhere, insertElementEdit, parseXml, removeElementEdit } from '../../src/xml/index.js';
import { all, wellFormedBytes } from './documents.js';
import { choice, expectSound } from './edit-model.js';

describe('edits of any document, one after the other', () => {
  it('have the right result, lose nothing else, and are undone to the byte by their inverses', () => {
    fc.assert(fc.property(wellFormedBytes, fc.array(choice, { minLength: 1, maxLength: 5 }), expectSound), {
      numRuns: 600,
    });
  });

  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'xml');
  it.each(readdirSync(folder))('do so in %s', (file) => {
    const bytes = readFileSync(path.join(folder, file));
    fc.assert(
      fc.property(fc.array(choice, { minLength: 1, maxLength: 5 }), (choices) => expectSound(bytes, choices)),
      { numRuns: 60 },
    );
  });
});

describe('an inserted element, removed again', () => {
  it('leaves the original bytes, unless its parent had to get an end tag for it', () => {
    fc.assert(
      fc.property(wellFormedBytes, fc.nat(40), fc.nat(3), (bytes, one, place) => {
        const doc = parseXml(bytes);
        const elements = all(doc.root).filter(({ children }) => children.length > 0);
        const parent = elements[one % elements.length] ?? doc.root;
        const beside = parent.children[one % parent.children.length] ?? doc.root;
        const places: readonly InsertWhere[] = [{ at: 'first' }, { at: 'last' }, { before: beside }, { after: beside }];
        const where = places[place] ?? { at: 'last' };
        const after = applyEdits(doc, insertElementEdit(doc, parent, '<n k="v"><m /></n>', where));
        const inserted = all(after.root).find(({ name }) => name === 'n');
        const back = applyEdits(after, removeElementEdit(after, inserted ?? after.root));
        expect(back.text).toBe(doc.text);
        expect(Buffer.compare(back.toBytes(), bytes)).toBe(0);
      }),
      { numRuns: 600 },
    );
  });
});
