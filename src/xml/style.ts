import { ownLineIndent } from './lines.js';
import type { XmlDocument, XmlElement } from './types.js';

/** One level of the document's own indentation: the difference between a child and its parent. Two spaces by default. */
export function indentUnit(doc: XmlDocument): string {
  const queue: XmlElement[] = [doc.root];
  for (const next of queue) {
    const outer = ownLineIndent(doc.text, next.span.start);
    for (const child of next.children.slice(0, 20)) {
      const inner = ownLineIndent(doc.text, child.span.start);
      if (outer !== undefined && inner?.startsWith(outer) && inner.length > outer.length)
        return inner.slice(outer.length);
      queue.push(child);
    }
  }
  return /[\r\n]\t/.test(doc.text) ? '\t' : '  ';
}

/** True when the root element is on one line: insertions must keep it on one line. */
export function isMinified(doc: XmlDocument): boolean {
  const { start, end } = doc.root.span;
  return doc.root.children.length > 0 && !/[\r\n]/.test(doc.text.slice(start, end));
}

/** The quote that the document uses: the one of its first attribute. */
export function quoteOf(doc: XmlDocument, near?: XmlElement): '"' | "'" {
  const first = near?.attributes.at(-1) ?? firstAttribute(doc.root);
  return first?.quote ?? '"';
}

function firstAttribute(element: XmlElement): XmlElement['attributes'][number] | undefined {
  const own = element.attributes[0];
  if (own) return own;
  for (const child of element.children) {
    const found = firstAttribute(child);
    if (found) return found;
  }
  return undefined;
}
