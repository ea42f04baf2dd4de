import type { XmlDocument, XmlElement } from '../../xml/index.js';
import { readAllowWords } from './words.js';
import type { Written } from './written.js';

/**
 * Comments in web.config: each is about its own line and the element that follows it, or else the element around it; outside of the root
 * element about the whole file. It also counts for findings that have no place in web.config: those of the app as a whole.
 */
export function allowancesInWebConfig(file: string, document: XmlDocument): readonly Written[] {
  const { text, root } = document;
  if (!/iisnode-sock:/i.test(text)) return [];
  // Of a CDATA section or an instruction nothing is a comment.
  const parts = text.matchAll(/<!--([\s\S]*?)-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/g);
  return [...parts].flatMap(({ 0: whole, 1: said, index }): readonly Written[] => {
    const [, rest] = /^\s*iisnode-sock:([\s\S]*)$/i.exec(said ?? '') ?? [];
    const words = rest === undefined ? undefined : readAllowWords(rest);
    if (words === undefined) return [];
    const { line, column } = document.positionAt(index);
    const end = index + whole.length;
    const isInside = index >= root.startTag.end && end <= (root.endTag?.start ?? root.span.end);
    const about = isInside ? subjectOf(document, root, { start: index, end }) : undefined;
    const lines = about && {
      from: Math.min(line, document.positionAt(about.span.start).line),
      to: document.positionAt(Math.max(about.span.start, about.span.end - 1)).line,
    };
    return [{ file, line, column, words, lines, isWide: true }];
  });
}

/** The element that a comment is about: the one in front of it in its line, or the next one, or the one around it. */
function subjectOf(document: XmlDocument, around: XmlElement, comment: XmlElement['span']): XmlElement {
  const { children } = around;
  const inside = children.find(({ span }) => span.start < comment.start && comment.end <= span.end);
  if (inside !== undefined) return subjectOf(document, inside, comment);
  const { line, column } = document.positionAt(comment.start);
  if (document.text.slice(comment.start - column + 1, comment.start).trim() !== '') {
    const before = children.findLast(({ span }) => span.end <= comment.start);
    return before !== undefined && document.positionAt(before.span.end - 1).line === line ? before : around;
  }
  return children.find(({ span }) => span.start >= comment.end) ?? around;
}
