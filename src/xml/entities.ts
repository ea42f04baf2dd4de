import { isXmlCharacter, nameEnd } from './characters.js';
import { Fault } from './error.js';

const predefined = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** An entity reference: its character and the offset after its semicolon. */
interface Reference {
  readonly value: string;
  readonly end: number;
}

/** Reads the reference whose `&` is at `offset`. Without a DTD only XML's own five names exist. Throws Fault. */
export function readReference(text: string, offset: number): Reference {
  if (text[offset + 1] === '#') return readNumber(text, offset);
  const end = nameEnd(text, offset + 1);
  if (end === offset + 1 || text[end] !== ';') {
    throw new Fault('XML_BAD_ENTITY', 'A bare & is not allowed: write &amp; instead.', offset);
  }
  const name = text.slice(offset + 1, end);
  const value = predefined.get(name);
  if (value === undefined) {
    throw new Fault(
      'XML_BAD_ENTITY',
      `The entity &${shorten(name)}; is not declared: XML knows only &lt; &gt; &amp; &quot; &apos; and numbers like &#233;.`,
      offset,
    );
  }
  return { value, end: end + 1 };
}

function readNumber(text: string, offset: number): Reference {
  const hex = text[offset + 2] === 'x';
  const start = offset + (hex ? 3 : 2);
  let at = start;
  while (hex ? /[0-9a-fA-F]/.test(text.charAt(at)) : /[0-9]/.test(text.charAt(at))) at++;
  if (at === start || text[at] !== ';') {
    throw new Fault('XML_BAD_ENTITY', 'A character reference is &# with a number and a semicolon, as &#233;.', offset);
  }
  const code = Number.parseInt(text.slice(start, at), hex ? 16 : 10);
  if (!isXmlCharacter(code)) {
    throw new Fault(
      'XML_BAD_CHARACTER',
      `The reference ${shorten(text.slice(offset, at + 1))} is a character that XML does not allow.`,
      offset,
    );
  }
  return { value: String.fromCodePoint(code), end: at + 1 };
}

/**
 * The text from `start` on, which is `raw`, as an attribute's value: entities decoded, white space replaced by spaces (XML 1.0, 3.3.3).
 * Throws Fault.
 */
export function attributeValue(text: string, start: number, raw: string): string {
  if (!/[&\t\r\n]/.test(raw)) return raw;
  return raw.replace(/&[^;]*;?|\r\n|[\t\r\n]/g, (found, offset: number) =>
    found.startsWith('&') ? readReference(text, start + offset).value : ' ',
  );
}

/** Shortens a long text for a message. */
export function shorten(text: string, length = 40): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}
