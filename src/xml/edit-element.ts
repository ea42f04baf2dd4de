import { reformat, reindent } from './fragment.js';
import { indentUnit, isMinified, lineIndent, ownLineIndent } from './style.js';
import type { TextEdit, XmlDocument, XmlElement } from './types.js';

/** Where among the children of a parent: at one end, or beside one of them. */
export type InsertWhere =
  | { readonly at: 'first' | 'last' }
  | { readonly before: XmlElement }
  | { readonly after: XmlElement };

/**
 * Inserts XML into an element, on lines of its own where the document does so.
 *
 * @param xml One or more elements, comments between them welcome; written with two spaces a level, '\n' and double quotes.
 *   It takes on the document's indentation, newline and quotes.
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

/** What to insert, given the indentation of its lines; undefined asks for a single line. */
type Content = (indent: string | undefined) => string;

function insert(doc: XmlDocument, parent: XmlElement, where: InsertWhere, content: Content): readonly TextEdit[] {
  if ('at' in where) {
    if (parent.endTag === undefined) return [openUp(doc, parent, content)];
    return [where.at === 'first' ? insertFirst(doc, parent, content) : insertLast(doc, parent, content)];
  }
  const sibling = 'before' in where ? where.before : where.after;
  if (sibling.parent !== parent) throw new RangeError(`<${sibling.name}> is no child of <${parent.name}>.`);
  const indent = ownLineIndent(doc.text, sibling.span.start);
  if ('before' in where) {
    const at = indent === undefined ? sibling.span.start : aboveComments(doc.text, sibling.span.start);
    return [point(at, content(indent) + (indent === undefined ? '' : doc.newline + indent))];
  }
  if (indent === undefined) return [point(sibling.span.end, content(undefined))];
  return [point(behindComment(doc.text, sibling.span.end), doc.newline + indent + content(indent))];
}

/** `<handlers />` becomes `<handlers>...</handlers>`. */
function openUp(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  const { end } = parent.startTag;
  let start = end - 2;
  while (/[ \t\r\n]/.test(doc.text.charAt(start - 1))) start--;
  return { span: { start, end }, text: `>${wrapped(doc, parent, content)}</${parent.name}>` };
}

/** The content of a parent that has none yet. */
function wrapped(doc: XmlDocument, parent: XmlElement, content: Content): string {
  if (isMinified(doc)) return content(undefined);
  const indent = childIndent(doc, parent);
  return doc.newline + indent + content(indent) + doc.newline + lineIndent(doc.text, parent.span.start);
}

function insertFirst(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  const at = parent.startTag.end;
  if (isBlank(doc, parent)) return fill(doc, parent, content);
  if (!/^[ \t]*(\r\n|\n|\r)/.test(doc.text.slice(at))) return point(at, content(undefined));
  const indent = childIndent(doc, parent);
  return point(at, doc.newline + indent + content(indent));
}

function insertLast(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  if (isBlank(doc, parent)) return fill(doc, parent, content);
  const close = parent.endTag?.start ?? parent.span.end;
  let at = close;
  while (/[ \t\r\n]/.test(doc.text.charAt(at - 1))) at--;
  if (!/[\r\n]/.test(doc.text.slice(at, close))) return point(close, content(undefined));
  const indent = childIndent(doc, parent);
  return point(at, doc.newline + indent + content(indent));
}

/** Nothing but white space between the tags. */
function isBlank(doc: XmlDocument, parent: XmlElement): boolean {
  return /^[ \t\r\n]*$/.test(doc.text.slice(parent.startTag.end, parent.endTag?.start));
}

/** Content for a parent that holds at most white space, which stays. */
function fill(doc: XmlDocument, parent: XmlElement, content: Content): TextEdit {
  const at = parent.startTag.end;
  const space = doc.text.slice(at, parent.endTag?.start);
  if (!/[\r\n]/.test(space)) return point(at, wrapped(doc, parent, content));
  const indent = childIndent(doc, parent);
  return point(at, doc.newline + indent + content(indent));
}

function childIndent(doc: XmlDocument, parent: XmlElement): string {
  for (const child of parent.children) {
    const indent = ownLineIndent(doc.text, child.span.start);
    if (indent !== undefined) return indent;
  }
  return lineIndent(doc.text, parent.span.start) + indentUnit(doc);
}

/** Goes up from an element on its own line over the comments directly above it. */
function aboveComments(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    const gap = /(?:\r\n|\n|\r)[ \t]*$/.exec(text.slice(Math.max(0, at - 200), at))?.[0];
    if (gap === undefined || !text.endsWith('-->', at - gap.length)) return at;
    const start = text.lastIndexOf('<!--', at - gap.length);
    if (start < 0 || ownLineIndent(text, start) === undefined) return at;
    at = start;
  }
}

/** A comment that ends the element's line belongs to it. */
function behindComment(text: string, offset: number): number {
  const comment = /^[ \t]*<!--[^\r\n]*?-->(?=[ \t]*(?:[\r\n]|$))/.exec(text.slice(offset, offset + 500));
  return offset + (comment?.[0].length ?? 0);
}

/** Removes an element, and its line when it stands on lines of its own. */
export function removeElementEdit(doc: XmlDocument, element: XmlElement): readonly TextEdit[] {
  if (!element.parent) throw new RangeError('The root element cannot be removed.');
  let { start } = element.span;
  const { end } = element.span;
  const indent = ownLineIndent(doc.text, start);
  // Only when nothing follows on the line: what follows (a comment) keeps the line.
  if (indent !== undefined && /^[ \t]*(?:[\r\n]|$)/.test(doc.text.slice(end, end + 200))) {
    start -= indent.length;
    if (doc.text.endsWith('\r\n', start)) start -= 2;
    else if (start > 0) start -= 1;
  }
  return [{ span: { start, end }, text: '' }];
}

/**
 * Moves an element with all that is in it to another place.
 *
 * @throws RangeError when the place lies inside the element itself.
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
  if (('before' in where && where.before === element) || ('after' in where && where.after === element)) return [];
  const inserted = insert(doc, parent, where, (indent) => reindent(doc, element, indent));
  return [...inserted, ...removeElementEdit(doc, element)];
}

function point(offset: number, text: string): TextEdit {
  return { span: { start: offset, end: offset }, text };
}
