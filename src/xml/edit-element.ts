import { reformat, reindent } from './fragment.js';
import {
  aboveComments,
  endOfLineAbove,
  isLineEnd,
  lineIndent,
  ownLineIndent,
  restOfLine,
  skipBlanks,
} from './lines.js';
import { indentUnit, isMinified } from './style.js';
import type { TextEdit, XmlDocument, XmlElement } from './types.js';

/** A position among the children of a parent: at the start or end, or beside one of them. */
export type InsertWhere =
  | { readonly at: 'first' | 'last' }
  | { readonly before: XmlElement }
  | { readonly after: XmlElement };

/**
 * Inserts XML into an element, on separate lines where the document does so.
 *
 * @param xml One or more elements, also with comments; written with two spaces per level, '\n' and double quotes.
 *   It gets the document's indentation, newline and quotes.
 * @param where Beside a child, comments directly above that child stay with it.
 * @throws XmlError when `xml` is not well-formed.
 */
export function insertElementEdit(
  doc: XmlDocument,
  parent: XmlElement,
  xml: string,
  where: InsertWhere,
): readonly TextEdit[] {
  return insert(doc, parent, where, (indent) => reformat(doc, xml, indent));
}

/** The text to insert, for an indentation of its lines; undefined asks for a single line. */
type Content = (indent: string | undefined) => string;

function insert(doc: XmlDocument, parent: XmlElement, where: InsertWhere, content: Content): readonly TextEdit[] {
  if ('at' in where) {
    if (parent.endTag === undefined) return [openUp(doc, parent, content)];
    return [where.at === 'first' ? insertFirst(doc, parent, content) : insertLast(doc, parent, content)];
  }
  const sibling = 'before' in where ? where.before : where.after;
  if (sibling.parent !== parent) throw new RangeError(`<${sibling.name}> is not a child of <${parent.name}>.`);
  return ['before' in where ? insertBefore(doc, sibling, content) : insertAfter(doc, sibling, content)];
}

function insertBefore(doc: XmlDocument, { span: { start } }: XmlElement, content: Content): TextEdit {
  const indent = ownLineIndent(doc.text, start);
  if (indent === undefined) return point(start, content(undefined));
  return point(endOfLineAbove(doc.text, aboveComments(doc.text, start)), doc.newline + indent + content(indent));
}

function insertAfter(doc: XmlDocument, { span: { start, end } }: XmlElement, content: Content): TextEdit {
  const indent = ownLineIndent(doc.text, start);
  const at = restOfLine(doc.text, end);
  // If the parent ends on the child's line, the insertion still gets a separate line; after other text it shares the line.
  const isLast = doc.text.startsWith('</', at.offset);
  if (indent === undefined || !(at.isEnd || isLast)) return point(end, content(undefined));
  return point(at.offset, doc.newline + indent + content(indent));
}

/** `<handlers />` becomes `<handlers>...</handlers>`. */
function openUp(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  const { end } = parent.startTag;
  let start = end - 2;
  while (/[ \t\r\n]/.test(doc.text.charAt(start - 1))) start--;
  return { span: { start, end }, text: `>${wrapped(doc, parent, content)}</${parent.name}>` };
}

/** The content for a parent without content. */
function wrapped(doc: XmlDocument, parent: XmlElement, content: Content): string {
  if (isMinified(doc)) return content(undefined);
  const indent = childIndent(doc, parent);
  return doc.newline + indent + content(indent) + doc.newline + lineIndent(doc.text, parent.span.start);
}

function insertFirst(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  if (isBlank(doc, parent)) return fill(doc, parent, content);
  const at = restOfLine(doc.text, parent.startTag.end);
  if (!at.isEnd) return point(parent.startTag.end, content(undefined));
  const indent = childIndent(doc, parent);
  return point(at.offset, doc.newline + indent + content(indent));
}

function insertLast(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  if (isBlank(doc, parent)) return fill(doc, parent, content);
  const close = parent.endTag?.start ?? parent.span.end;
  let at = close;
  while (/[ \t\r\n]/.test(doc.text.charAt(at - 1))) at--;
  const { offset, isEnd } = restOfLine(doc.text, at);
  if (!isEnd) return point(close, content(undefined));
  const indent = childIndent(doc, parent);
  return point(offset, doc.newline + indent + content(indent));
}

/** Only white space between the tags. */
function isBlank(doc: XmlDocument, parent: XmlElement): boolean {
  return /^[ \t\r\n]*$/.test(doc.text.slice(parent.startTag.end, parent.endTag?.start));
}

/** Content for a parent with at most white space, which is kept. */
function fill(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  const at = parent.startTag.end;
  const space = doc.text.slice(at, parent.endTag?.start);
  if (!/[\r\n]/.test(space)) return point(at, wrapped(doc, parent, content));
  const indent = childIndent(doc, parent);
  return point(restOfLine(doc.text, at).offset, doc.newline + indent + content(indent));
}

function childIndent(doc: XmlDocument, parent: XmlElement): string {
  for (const child of parent.children) {
    const indent = ownLineIndent(doc.text, child.span.start);
    if (indent !== undefined) return indent;
  }
  return lineIndent(doc.text, parent.span.start) + indentUnit(doc);
}

/** Removes an element, and its lines when nothing else is on them. */
export function removeElementEdit(doc: XmlDocument, element: XmlElement): readonly TextEdit[] {
  if (!element.parent) throw new RangeError('The root element cannot be removed.');
  let { start } = element.span;
  let { end } = element.span;
  const indent = ownLineIndent(doc.text, start);
  const blanks = skipBlanks(doc.text, end);
  // Only when just the parent's end follows on the line: anything else (a comment) keeps the line.
  if (indent !== undefined && (isLineEnd(doc.text, blanks) || doc.text.startsWith('</', end))) {
    if (isLineEnd(doc.text, blanks)) end = blanks;
    start = endOfLineAbove(doc.text, start);
  }
  return [{ span: { start, end }, text: '' }];
}

/**
 * Moves an element with its content to another position; no edit if it is already there.
 *
 * @throws RangeError when the position is inside the element itself.
 */
export function moveElementEdits(
  doc: XmlDocument,
  element: XmlElement,
  parent: XmlElement,
  where: InsertWhere,
): readonly TextEdit[] {
  for (let above: XmlElement | undefined = parent; above; above = above.parent) {
    if (above === element) throw new RangeError(`<${element.name}> cannot move into itself.`);
  }
  if (parent === element.parent && isThere(element, parent.children, where)) return [];
  const inserted = insert(doc, parent, where, (indent) => reindent(doc, element, indent));
  return [...inserted, ...removeElementEdit(doc, element)];
}

function isThere(element: XmlElement, siblings: readonly XmlElement[], where: InsertWhere): boolean {
  const index = siblings.indexOf(element);
  if ('before' in where) return where.before === element || where.before === siblings[index + 1];
  if ('after' in where) return where.after === element || (index > 0 && where.after === siblings[index - 1]);
  return where.at === 'first' ? index === 0 : index === siblings.length - 1;
}

function point(offset: number, text: string): TextEdit {
  return { span: { start: offset, end: offset }, text };
}
