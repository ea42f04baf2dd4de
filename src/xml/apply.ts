import { fromDecoded } from './document.js';
import type { TextEdit, XmlDocument } from './types.js';

/**
 * A new document with the edits applied. All offsets refer to `doc`; edits may touch but not overlap, and insertions at one
 * position keep their order.
 *
 * @throws RangeError when edits overlap; XmlError when the result is not well-formed.
 */
export function applyEdits(doc: XmlDocument, edits: readonly TextEdit[]): XmlDocument {
  if (edits.length === 0) return doc;
  return fromDecoded({ text: applyToText(doc.text, edits), encoding: doc.encoding, bom: doc.bom }, doc.file);
}

/** The text with the edits applied. Throws RangeError when they overlap. */
export function applyToText(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of inOrder(edits)) {
    if (edit.span.start < at || edit.span.end < edit.span.start || edit.span.end > text.length) {
      throw new RangeError('Edits overlap or are outside of the text.');
    }
    parts.push(text.slice(at, edit.span.start), edit.text);
    at = edit.span.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  // Array.prototype.sort is stable: insertions at one position keep their order.
  return [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}
