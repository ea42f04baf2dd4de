import { applyToText } from './apply.js';
import { fromDecoded } from './document.js';
import { escapeAttribute, toAscii } from './edit-attribute.js';
import { isAsciiOnly } from './encoding.js';
import { lineIndent } from './lines.js';
import { indentUnit, quoteOf } from './style.js';
import type { TextEdit, XmlDocument, XmlElement } from './types.js';

/**
 * XML to insert, in the document's own style.
 *
 * @param indent The indentation of its lines (the first is not indented); undefined puts all on one line.
 */
export function reformat(doc: XmlDocument, xml: string, indent: string | undefined): string {
  const quoted = requote(xml.trim(), quoteOf(doc));
  const text = isAsciiOnly(doc.text) ? toAscii(quoted) : quoted;
  if (indent === undefined) return text.replace(/>\s*\n\s*</g, '><').replace(/\s*\n\s*/g, ' ');
  const unit = indentUnit(doc);
  // Lines of a comment keep their offset to its first line, which may be a part of a level.
  let comment: number | undefined;
  return text
    .split(/\r\n|\n|\r/)
    .map((line, index) => {
      const spaces = /^ */.exec(line)?.[0].length ?? 0;
      const level = comment === undefined ? spaces : Math.min(comment, spaces);
      if (comment === undefined && line.startsWith('<!--', spaces)) comment = spaces;
      if (line.includes('-->')) comment = undefined;
      if (index === 0 || line.trim() === '') return line.trim();
      return indent + unit.repeat(Math.floor(level / 2)) + line.slice(level);
    })
    .join(doc.newline);
}

function requote(xml: string, quote: '"' | "'"): string {
  // The wrapper allows several elements and comments, and is removed again.
  const open = '<x>';
  const doc = fromDecoded({ text: `${open}${xml}</x>`, encoding: 'utf-8', bom: false }, '');
  if (quote === '"') return xml;
  const edits: TextEdit[] = [];
  const visit = (element: XmlElement): void => {
    for (const { name, value, span } of element.attributes) {
      edits.push({ span, text: `${name}=${quote}${escapeAttribute(value, quote)}${quote}` });
    }
    element.children.forEach(visit);
  };
  visit(doc.root);
  return applyToText(doc.text, edits).slice(open.length, -'</x>'.length);
}

/** An element's own text with another indentation; unchanged where that could change a value. */
export function reindent(doc: XmlDocument, element: XmlElement, indent: string | undefined): string {
  const { start, end } = element.span;
  const text = doc.text.slice(start, end);
  const old = lineIndent(doc.text, start);
  if (indent === undefined || indent === old || !isStructural(doc, element)) return text;
  return text.replace(/(\r\n|\n|\r)([ \t]*)/g, (whole, newline: string, space: string) =>
    space.startsWith(old) ? newline + indent + space.slice(old.length) : whole,
  );
}

/** True when the line breaks in an element are only between tags or attributes. */
function isStructural(doc: XmlDocument, element: XmlElement): boolean {
  if (element.hasText || /<!\[CDATA\[/.test(doc.text.slice(element.span.start, element.span.end))) return false;
  const flat = element.attributes.every(({ valueSpan: { start, end } }) => !/[\r\n]/.test(doc.text.slice(start, end)));
  return flat && element.children.every((child) => isStructural(doc, child));
}
