import { removeElementEdit, type TextEdit, type XmlDocument, type XmlElement } from '../xml/index.js';

/** The words that begin the comments of generated files. */
const ownComments =
  /^(?:Each of these becomes an environment variable|Only the entry point runs in node|iisnode (?:does not accept|handles)|Every URL goes to node, |Only socket\.io's requests|IIS serves the files of|The app's own URL opens|No compression of node's|HttpPlatformHandler starts node|[A-Za-z_]+: )/;

/** The edit that removes an element, with the comments alone above it that init wrote about it. Those of the user stay. */
export function removeWithComment(document: XmlDocument, element: XmlElement): readonly TextEdit[] {
  const edits = removeElementEdit(document, element);
  const above = document.text.slice(0, element.span.start);
  const found = /(?<=\n)(?:[ \t]*<!--(?:(?!-->)[\s\S])*-->[ \t]*\r?\n)+[ \t]*$/.exec(above);
  const [edit] = edits;
  if (found === null || edit === undefined || !isAllGenerated(found[0])) return edits;
  const start = found.index - (above[found.index - 2] === '\r' ? 2 : 1);
  return [{ ...edit, span: { start, end: edit.span.end } }];
}

/** The edit that removes what init has written above the handlers of iisnode, where these are kept for another module. */
export function removeHandlerComment({ text }: XmlDocument): readonly TextEdit[] {
  const found = /[ \t]*<!-- Only the entry point runs in node\.(?:(?!-->)[\s\S])*-->[ \t]*(?:\r?\n)?/.exec(text);
  return found === null ? [] : [{ span: { start: found.index, end: found.index + found[0].length }, text: '' }];
}

const isAllGenerated = (comments: string): boolean =>
  [...comments.matchAll(/<!--\s*((?:(?!-->)[\s\S])*?)\s*-->/g)].every(([, text = '']) => ownComments.test(text));
