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
 * A value escaped for these quotes, so that it is read back unchanged.
 *
 * @throws RangeError when it contains a character that XML cannot express.
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

/** A value escaped for this document: as character references where its declared code page would misread it. */
function escapeAttributeFor(doc: XmlDocument, value: string, quote: '"' | "'"): string {
  const escaped = escapeAttribute(value, quote);
  return isAsciiOnly(doc.text) ? toAscii(escaped) : escaped;
}

/** XML text in ASCII: other characters become references. */
export function toAscii(xml: string): string {
  return xml.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** Sets an attribute of the element: changes its value in place, or adds the attribute in the tag's own style. */
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
    throw new RangeError(`${JSON.stringify(name)} is not an attribute name.`);
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

/** Removes an attribute with the white space before it; no edit when it does not exist. */
export function removeAttributeEdit(doc: XmlDocument, element: XmlElement, name: string): readonly TextEdit[] {
  const present = element.attributes.find((attribute) => attribute.name === name);
  if (!present) return [];
  let { start } = present.span;
  while (/[ \t\r\n]/.test(doc.text.charAt(start - 1))) start--;
  return [{ span: { start, end: present.span.end }, text: '' }];
}
