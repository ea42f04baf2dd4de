import { codePointName } from './characters.js';
import { shorten } from './entities.js';
import { Fault } from './error.js';
import type { Element } from './node.js';

/** The error for text before or after the root element, described by what users typically do. */
export function textOutsideRoot(text: string, start: number, end: number, root: Element | undefined): Fault {
  const words = text
    .slice(start, Math.min(end, start + 500))
    .trim()
    .replace(/\s+/g, ' ');
  const what = words === '' || !isVisible(text, start) ? `the character ${shownCharacter(text, start)}` : undefined;
  const tag = /^[A-Za-z_/?!][\w:.-]*[^<>]*>/.exec(text.slice(start, Math.min(end, start + 500)))?.[0];
  if (tag) {
    return new Fault('XML_LOST_BRACKET', `A < is missing before "${shorten(tag)}".`, start);
  }
  if (root) {
    return new Fault(
      'XML_TEXT_AFTER_ROOT',
      `After the root element's end </${shorten(root.name)}> only comments may follow, but here is ${what ?? `"${shorten(words)}"`}.`,
      start,
    );
  }
  const mark = start === 0 && text[0] === '\ufeff' ? 'a second byte-order mark' : what;
  return new Fault(
    'XML_TEXT_BEFORE_ROOT',
    `The file must begin with XML, but here is ${mark ?? `the text "${shorten(words)}"`}.`,
    start,
  );
}

/** The character at an offset, by its code point if it is invisible. */
export function shownCharacter(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0;
  return isVisible(text, at) ? String.fromCodePoint(code) : codePointName(code);
}

function isVisible(text: string, at: number): boolean {
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(String.fromCodePoint(text.codePointAt(at) ?? 0));
}

/** `element` is still open where `at` (another end tag, or the end of the file) says it should have ended. */
export function missingEndTag(text: string, element: Element, at: number): Fault {
  const name = shorten(element.name);
  const lost = missingBracket(text, `/${element.name}`, element.startTagEnd, at);
  if (lost !== undefined) return new Fault('XML_LOST_BRACKET', `A < is missing before "/${name}>".`, lost);
  return new Fault(
    'XML_MISSING_END_TAG',
    `The element <${name}> that starts here has no end tag </${name}>.`,
    element.start,
  );
}

/** An end tag that does not match the innermost open element. */
export function unexpectedEndTag(text: string, at: number, name: string, open: readonly Element[]): Fault {
  const inner = open.at(-1);
  const shown = shorten(name);
  if (name === '') return new Fault('XML_BAD_TAG', 'A name must follow </.', at);
  if (inner && open.some((element) => element.name === name)) return missingEndTag(text, inner, at);
  const lost = missingBracket(text, name, inner?.startTagEnd ?? 0, at);
  if (lost !== undefined) return new Fault('XML_LOST_BRACKET', `A < is missing before "${shown}".`, lost);
  const expected = inner ? `</${shorten(inner.name)}> is expected here` : 'no element is open here';
  return new Fault('XML_UNEXPECTED_END_TAG', `The end tag </${shown}> has no start tag: ${expected}.`, at);
}

/** Offset of `name ...>` as text between `start` and `end`, where its `<` is missing. */
function missingBracket(text: string, name: string, start: number, end: number): number | undefined {
  // A limited length keeps a huge file fast.
  const from = Math.max(start, end - 20_000);
  const pattern = new RegExp(`(?<![<\\w:./-])${quoted(name)}(?:\\s[^<>]{0,1000})?>`);
  const found = text.slice(from, end).search(pattern);
  return found < 0 ? undefined : from + found;
}

function quoted(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
