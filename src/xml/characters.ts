import { Fault } from './error.js';

/** XML 1.0, production [3]: space, tab, line feed, carriage return. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

// One byte for each ASCII character: 1 may start a name, 2 may only continue it (XML 1.0, productions [4] and [4a]).
const ascii = new Uint8Array(128);
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_:') ascii[c.charCodeAt(0)] = 1;
for (const c of '0123456789-.') ascii[c.charCodeAt(0)] = 2;

const startRanges =
  '\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const wideStart = new RegExp(`[${startRanges}]`, 'uy');
const widePart = new RegExp(`[${startRanges}\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]`, 'uy');

/** Offset after the name that starts at `offset`; `offset` itself when no name starts there. */
export function nameEnd(text: string, offset: number): number {
  let at = offset;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      const kind = ascii[code];
      if (kind === 1 || (kind === 2 && at > offset)) at++;
      else return at;
    } else if (code >= 128) {
      const pattern = at === offset ? wideStart : widePart;
      pattern.lastIndex = at;
      if (!pattern.test(text)) return at;
      at = pattern.lastIndex;
    } else return at;
  }
}

/** True for characters that XML 1.0 production [2] allows. */
export function isXmlCharacter(code: number): boolean {
  return (
    (code >= 0x20 && code <= 0xd7ff) ||
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const suspects = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u;

/** `U+00A0`. */
export function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The fault of the first character that XML does not allow; undefined when there is none. */
export function badCharacter(text: string): Fault | undefined {
  const at = text.search(suspects);
  if (at < 0) return undefined;
  const code = text.charCodeAt(at);
  // In UTF-16 every other byte of plain text is a zero.
  const hint =
    code === 0 && text[at + 2] === '\0'
      ? ': the file looks as if it were saved as UTF-16 without a byte-order mark.'
      : '.';
  return new Fault('XML_BAD_CHARACTER', `The character ${codePointName(code)} is not allowed in XML${hint}`, at);
}
