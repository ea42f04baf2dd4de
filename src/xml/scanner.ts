import { badCharacter, isSpace, nameEnd } from './characters.js';
import { attributeValue, readReference, shorten } from './entities.js';
import { Fault } from './error.js';
import { missingEndTag, shownCharacter, textOutsideRoot, unexpectedEndTag } from './explain.js';
import { Namespaces } from './namespaces.js';
import { Attribute, Element } from './node.js';
import { declarationEnd } from './prolog.js';

/** Deeper than any web.config (IIS's own has about ten levels); code that recurses over a document relies on it. */
const maxDepth = 256;

/** Reads a whole document strictly by XML 1.0 with namespaces, without a DTD. Returns its root. Throws Fault. */
export function scan(text: string): Element {
  const bad = badCharacter(text);
  const scanner = new Scanner(text);
  if (!bad) return scanner.run();
  try {
    scanner.run();
  } catch (error) {
    // IIS reports the first error: one before the character, which was found before the character was reached.
    if (error instanceof Fault && error.offset < bad.offset && scanner.reached <= bad.offset) throw error;
  }
  throw bad;
}

const noAttributes: readonly Attribute[] = [];

class Scanner {
  private root: Element | undefined;
  private readonly open: Element[] = [];
  /** Undefined while no name uses namespaces, as in nearly every configuration file. */
  private namespaces: Namespaces | undefined;
  /** A file has few names and uses them often: each string is kept once. */
  private readonly names = new Map<string, string>();
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The start of the markup or text that is being read. */
  get reached(): number {
    return this.at;
  }

  run(): Element {
    const { text } = this;
    this.at = declarationEnd(text);
    for (;;) {
      const next = text.indexOf('<', this.at);
      this.characters(this.at, next < 0 ? text.length : next);
      if (next < 0) break;
      this.at = next;
      this.markup(next);
    }
    const unclosed = this.open.at(-1);
    if (unclosed) throw missingEndTag(text, unclosed, text.length);
    if (this.root === undefined) throw new Fault('XML_EMPTY', 'The file has no root element.', text.length);
    return this.root;
  }

  private markup(at: number): void {
    const code = this.text.charCodeAt(at + 1);
    if (code === 47) this.endTag(at);
    else if (code === 33) this.declaration(at);
    else if (code === 63) this.instruction(at);
    else this.startTag(at);
  }

  /** Character data between two pieces of markup. */
  private characters(start: number, end: number): void {
    const { text } = this;
    let at = start;
    while (at < end && isSpace(text.charCodeAt(at))) at++;
    if (at === end) return;
    const parent = this.open.at(-1);
    if (!parent) throw textOutsideRoot(text, at, end, this.root);
    parent.hasText = true;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 38) at = readReference(text, at).end - 1;
      else if (code === 93 && text.startsWith(']]>', at)) {
        throw new Fault('XML_BAD_TEXT', 'The characters ]]> are not allowed in text: write ]]&gt; instead.', at);
      }
    }
  }

  private endTag(at: number): void {
    const { text } = this;
    const end = nameEnd(text, at + 2);
    const name = text.slice(at + 2, end);
    const element = this.open.at(-1);
    if (!element || element.name !== name) throw unexpectedEndTag(text, at, name, this.open);
    const close = this.skipSpace(end);
    if (text.charCodeAt(close) !== 62) throw new Fault('XML_BAD_TAG', `The end tag </${name} is not closed by >.`, at);
    element.endTagStart = at;
    element.end = close + 1;
    this.open.pop();
    this.namespaces?.leave(this.open.length);
    this.at = close + 1;
  }

  private startTag(start: number): void {
    const { text } = this;
    const end = nameEnd(text, start + 1);
    if (end === start + 1) {
      throw new Fault('XML_BAD_TAG', 'A < must be followed by a name: in text or a value write &lt; instead.', start);
    }
    const name = this.name(start + 1, end);
    this.at = end;
    const attributes = this.attributes(name, start);
    const empty = text.charCodeAt(this.at) === 47;
    this.at += empty ? 2 : 1;
    this.enter(new Element(name, attributes, this.open.at(-1), start, this.at), empty);
  }

  private enter(element: Element, empty: boolean): void {
    const { root } = this;
    if (this.open.length === 0 && root) {
      throw new Fault(
        'XML_TWO_ROOTS',
        `A second root element <${shorten(element.name)}> starts here: a file has one root element, and <${shorten(root.name)}> has ended.`,
        element.start,
      );
    }
    if (this.open.length >= maxDepth) {
      throw new Fault('XML_TOO_DEEP', `Elements are nested deeper than ${maxDepth} levels.`, element.start);
    }
    this.namespaces?.enter(element, this.open.length + 1);
    this.root ??= element;
    element.parent?.add(element);
    if (!empty) this.open.push(element);
    else this.namespaces?.leave(this.open.length);
  }

  /** Reads the attributes up to the tag's `>` or `/>`, where it leaves `at`. */
  private attributes(element: string, start: number): readonly Attribute[] {
    const { text } = this;
    let found: Attribute[] | undefined;
    for (;;) {
      const at = this.skipSpace(this.at);
      const code = text.charCodeAt(at);
      if (code === 62 || (code === 47 && text.charCodeAt(at + 1) === 62)) {
        this.at = at;
        if (found && found.length > 1) refuseDuplicates(found, element);
        return found ?? noAttributes;
      }
      if (!(code >= 0) || code === 60) {
        throw new Fault('XML_BAD_TAG', `The tag <${shorten(element)} is not closed by >.`, start);
      }
      if (at === this.at) throw this.strayCharacter(at, element, found?.at(-1));
      found ??= [];
      found.push(this.attribute(at, element));
    }
  }

  private attribute(start: number, element: string): Attribute {
    const { text } = this;
    const end = nameEnd(text, start);
    if (end === start) throw this.strayCharacter(start, element, undefined);
    const name = this.name(start, end);
    const equals = this.skipSpace(end);
    const open = this.skipSpace(equals + 1);
    if (text.charCodeAt(equals) !== 61) {
      throw new Fault(
        'XML_BAD_ATTRIBUTE',
        `The attribute ${shorten(name)} has no value: write ${shorten(name)}="...".`,
        start,
      );
    }
    const quote = text.charCodeAt(open);
    if (quote !== 34 && quote !== 39) {
      throw new Fault('XML_BAD_ATTRIBUTE', `The value of the attribute ${shorten(name)} must be in quotes.`, start);
    }
    const mark = quote === 34 ? '"' : "'";
    const close = text.indexOf(mark, open + 1);
    if (close < 0) throw this.openQuote(name, start, -1);
    const raw = text.slice(open + 1, close);
    const bracket = raw.indexOf('<');
    if (bracket >= 0) throw this.openQuote(name, start, open + 1 + bracket);
    this.at = close + 1;
    const value = attributeValue(text, open + 1, raw);
    return new Attribute(name, value, mark, start, open + 1, close);
  }

  /** A value that does not end, or contains a `<`: if that is on a later line, the closing quote was forgotten. */
  private openQuote(name: string, start: number, bracket: number): Fault {
    if (bracket < 0 || /[\r\n]/.test(this.text.slice(start, bracket))) {
      return new Fault('XML_BAD_ATTRIBUTE', `The value of the attribute ${shorten(name)} has no closing quote.`, start);
    }
    return new Fault(
      'XML_BAD_ATTRIBUTE',
      `A < is not allowed in the value of the attribute ${shorten(name)}: write &lt; instead.`,
      bracket,
    );
  }

  private strayCharacter(at: number, element: string, previous: Attribute | undefined): Fault {
    const character = shownCharacter(this.text, at);
    if (previous && nameEnd(this.text, at) > at) {
      return new Fault('XML_BAD_ATTRIBUTE', `A space is missing after the attribute ${shorten(previous.name)}.`, at);
    }
    return new Fault(
      'XML_BAD_TAG',
      `The character ${character} is not allowed here in the tag <${shorten(element)}>.`,
      at,
    );
  }

  /** `<!--`, `<![CDATA[` or a DTD. */
  private declaration(at: number): void {
    const { text } = this;
    if (text.startsWith('<!--', at)) this.comment(at);
    else if (text.startsWith('<![CDATA[', at)) this.cdata(at);
    else if (/^<!doctype/i.test(text.slice(at, at + 9))) {
      throw new Fault('XML_DTD', 'A document type (<!DOCTYPE ...>) is not allowed in a configuration file.', at);
    } else throw new Fault('XML_BAD_TAG', 'After <! only a comment (<!-- -->) or <![CDATA[ ]]> may follow.', at);
  }

  private comment(at: number): void {
    const end = this.text.indexOf('--', at + 4);
    if (end < 0) throw new Fault('XML_BAD_COMMENT', 'The comment that starts here is not closed by -->.', at);
    if (this.text[end + 2] !== '>') {
      throw new Fault('XML_BAD_COMMENT', 'Two hyphens (--) are not allowed inside a comment.', end);
    }
    this.at = end + 3;
  }

  private cdata(at: number): void {
    const parent = this.open.at(-1);
    const end = this.text.indexOf(']]>', at + 9);
    if (end < 0) throw new Fault('XML_BAD_CDATA', 'The CDATA section that starts here is not closed by ]]>.', at);
    if (!parent) throw textOutsideRoot(this.text, at, end + 3, this.root);
    if (/[^ \t\r\n]/.test(this.text.slice(at + 9, end))) parent.hasText = true;
    this.at = end + 3;
  }

  private instruction(at: number): void {
    const { text } = this;
    const nameStop = nameEnd(text, at + 2);
    const target = text.slice(at + 2, nameStop);
    const end = text.indexOf('?>', nameStop);
    if (target === 'xml') {
      throw new Fault(
        'XML_BEFORE_DECLARATION',
        'The XML declaration (<?xml ... ?>) may only be at the very start of the file.',
        at,
      );
    }
    if (target.toLowerCase() === 'xml') {
      throw new Fault('XML_BAD_INSTRUCTION', `A processing instruction may not be named ${target}.`, at);
    }
    if (target === '' || target.includes(':') || (end !== nameStop && !isSpace(text.charCodeAt(nameStop)))) {
      throw new Fault('XML_BAD_INSTRUCTION', 'A processing instruction is <?name ... ?>.', at);
    }
    if (end < 0) throw new Fault('XML_BAD_INSTRUCTION', 'The processing instruction is not closed by ?>.', at);
    this.at = end + 2;
  }

  private name(start: number, end: number): string {
    const written = this.text.slice(start, end);
    const known = this.names.get(written);
    if (known !== undefined) return known;
    if (written === 'xmlns' || written.includes(':')) this.namespaces ??= new Namespaces();
    this.names.set(written, written);
    return written;
  }

  private skipSpace(from: number): number {
    let at = from;
    while (isSpace(this.text.charCodeAt(at))) at++;
    return at;
  }
}

function refuseDuplicates(attributes: readonly Attribute[], element: string): void {
  const seen = attributes.length > 8 ? new Set<string>() : undefined;
  attributes.forEach(({ name, start }, index) => {
    const repeated = seen ? seen.has(name) : attributes.findIndex((other) => other.name === name) < index;
    if (repeated) {
      throw new Fault(
        'XML_DUPLICATE_ATTRIBUTE',
        `The attribute ${shorten(name)} appears twice on <${shorten(element)}>.`,
        start,
      );
    }
    seen?.add(name);
  });
}
