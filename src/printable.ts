/**
 * Characters that must not reach a terminal, or a log shown in a terminal, unescaped: control characters of C0 and C1 with DEL (cursor,
 * titles, clipboard, bell, backspace), line and paragraph separators, characters that change the direction of text (bidirectional
 * controls of UAX #9 and the deprecated ones), interlinear annotations, the language tag, and noncharacters.
 */
const unprintable =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Noncharacter_Code_Point}\u{206A}-\u{206F}\u{FFF9}-\u{FFFB}\u{E0001}]/gu;

/**
 * Makes one line of foreign text (a name, a URL, an app's output) safe to show: every character that could control a terminal
 * or reorder the line becomes its escape (`\x1b`, `\r`, `\u202e`). Tabs stay.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (char) => (char === '\t' ? char : escaped(char)));
}

/** The same for text of several lines: LF and CRLF stay as they are, a CR alone does not. */
export function printableLines(text: string): string {
  return text.replace(/\r?\n|[^\n\r]+|\r/g, (part) => (part.endsWith('\n') ? part : printable(part)));
}

/**
 * The same for JSON text: characters that JSON.stringify does not escape (C1, DEL, U+2028, U+202E ...) become `\uXXXX`, which
 * JSON parsers read as the same value. Line ends between the values stay.
 */
export function printableJson(json: string): string {
  return json.replace(unprintable, (char) => (char === '\n' || char === '\t' ? char : unicodeEscapes(char)));
}

function escaped(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\r') return '\\r';
  const code = char.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscapes(char);
}

/** `\u202e`; a character above U+FFFF becomes a surrogate pair, as in JSON. */
const unicodeEscapes = (char: string): string =>
  Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
