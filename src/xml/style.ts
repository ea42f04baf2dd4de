import type { XmlDocument, XmlElement } from './types.js';

/** The white space before `offset` when nothing else stands before it on its line; undefined otherwise. */
export function ownLineIndent(text: string, offset: number): string | undefined {
  const start = lineStart(text, offset);
  const before = text.slice(start, offset);
  return /^[ \t]*$/.test(before) ? before : undefined;
}

/** The white space at the start of the line that `offset` stands on. */
export function lineIndent(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? '';
}

function lineStart(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== '\n' && text[at - 1] !== '\r') at--;
  return at;
}

/** One level of the document's own indentation: what a child has more than its parent. Two spaces when it shows none. */
export function indentUnit(doc: XmlDocument): string {
  const queue: XmlElement[] = [doc.root];
  for (let next = queue.shift(); next; next = queue.shift()) {
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

/** True when the root element stands on one line: what is inserted must not break that. */
export function isMinified(doc: XmlDocument): boolean {
  const { start, end } = doc.root.span;
  return doc.root.children.length > 0 && !/[\r\n]/.test(doc.text.slice(start, end));
}

/** The quote that the document uses: that of its first attribute. */
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
