import type { TextEdit, XmlDocument } from '../../src/xml/index.js';

/** The edits that undo `applyEdits(doc, edits)`, to the byte. */
export function invertEdits(doc: XmlDocument, edits: readonly TextEdit[]): readonly TextEdit[] {
  const inOrder = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let shift = 0;
  return inOrder.map(({ span, text }) => {
    const start = span.start + shift;
    shift += text.length - (span.end - span.start);
    return { span: { start, end: start + text.length }, text: doc.text.slice(span.start, span.end) };
  });
}
