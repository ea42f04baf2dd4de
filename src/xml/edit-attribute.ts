import { isXmlCharacter, nameEnd } from './characters.js';
import { isAsciiOnly } from './encoding.js';
import { ownLineIndent } from './lines.js';
import { quoteOf } from './style.js';
import type { TextEdit, XmlAttribute, XmlDocument, XmlElement } from './types.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/**
 * A value as it must stand between two such quotes to be read back unchanged.
 *
 * @throws RangeError when it holds a character that XML cannot express.
 */
export function escapeAttribute(value: string, quote: '"' | "'" = '"'): string {
  for (const character of /^[ -~]*$/.test(value) ? '' : value) {
    if (!isXmlCharacter(character.codePointAt(0) ?? 0)) {
      throw new RangeError(`XML cannot express the character ${JSON.stringify(character)}.`);
    }
  }
  return value.replace(
    quote === '"' ? /[&<>"\t\n\r]/g : /[&<>'\t\n\r]/g,
    (character) => entities[character] ?? character,
  );
}

/** A value escaped for a place in this document: as character references where its declared code page would misread it. */
function escapeAttributeFor(doc: XmlDocument, value: string, quote: '"' | "'"): string {
  const escaped = escapeAttribute(value, quote);
  return isAsciiOnly(doc.text) ? toAscii(escaped) : escaped;
}

/** XML text in ASCII: other characters become references. */
export function toAscii(xml: string): string {
  return xml.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Gives the element this attribute value: changes the value in place, or adds the attribute in the tag's own style. */
export function setAttributeEdit(
  doc: XmlDocument,
  element: XmlElement,
  name: string,
  value: string,
): readonly TextEdit[] {
  const present = element.attributes.find((attribute) => attribute.name === name);
  if (present) {
    if (present.value === value) return [];
    return [{ span: present.valueSpan, text: escapeAttributeFor(doc, value, present.quote) }];
  }
  if (name === '' || nameEnd(name, 0) !== name.length)
    throw new RangeError(`${JSON.stringify(name)} is no attribute name.`);
  const quote = quoteOf(doc, element);
  const last = element.attributes.at(-1);
  const at = last?.span.end ?? element.startTag.start + 1 + element.name.length;
  const text = `${separator(doc, last)}${name}=${quote}${escapeAttributeFor(doc, value, quote)}${quote}`;
  return [{ span: { start: at, end: at }, text }];
}

/** A space, or a new line when the tag writes each attribute on its own. */
function separator(doc: XmlDocument, last: XmlAttribute | undefined): string {
  const indent = last && ownLineIndent(doc.text, last.span.start);
  return indent === undefined ? ' ' : doc.newline + indent;
}

/** Takes an attribute away with the white space before it; no edit when there is none of that name. */
export function removeAttributeEdit(doc: XmlDocument, element: XmlElement, name: string): readonly TextEdit[] {
  const present = element.attributes.find((attribute) => attribute.name === name);
  if (!present) return [];
  let { start } = present.span;
  while (/[ \t\r\n]/.test(doc.text.charAt(start - 1))) start--;
  return [{ span: { start, end: present.span.end }, text: '' }];
}
