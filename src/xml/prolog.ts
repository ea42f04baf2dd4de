import { isSpace } from './characters.js';
import { Fault } from './error.js';

// XML 1.0, production [23]; the parts are checked one by one for a better message.
const declaration = /^<\?xml((?:[ \t\r\n]+[A-Za-z]+[ \t\r\n]*=[ \t\r\n]*(?:"[^"<>]*"|'[^'<>]*'))*)[ \t\r\n]*\?>/;
const part = /([A-Za-z]+)[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']/g;
const order = ['version', 'encoding', 'standalone'];

/** True when the text starts with `<?xml` as a whole word. */
function startsWithDeclaration(text: string): boolean {
  return /^<\?xml$/i.test(text.slice(0, 5)) && (isSpace(text.charCodeAt(5)) || text.startsWith('?>', 5));
}

/** The XML declaration's own text, to its first `?>`: its values contain no `>`. */
function head(text: string): string {
  return text.slice(0, text.indexOf('?>') + 2);
}

/** The offset after the XML declaration, 0 when there is none. Throws Fault. */
export function declarationEnd(text: string): number {
  if (!startsWithDeclaration(text)) {
    refuseLateDeclaration(text);
    return 0;
  }
  const match = declaration.exec(head(text));
  if (!match) throw bad('The XML declaration must read like <?xml version="1.0" encoding="utf-8"?>.');
  const names: string[] = [];
  for (const [, name = '', value = ''] of (match[1] ?? '').matchAll(part)) {
    checkPart(name, value);
    names.push(name);
  }
  if (names[0] !== 'version') throw bad('The XML declaration must begin with its version: <?xml version="1.0" ...?>.');
  const places = names.map((name) => order.indexOf(name));
  if (places.some((place, index) => index > 0 && place <= (places[index - 1] ?? -1))) {
    throw bad('The XML declaration has version, then encoding, then standalone, each at most once.');
  }
  return match[0].length;
}

function checkPart(name: string, value: string): void {
  if (!order.includes(name)) throw bad(`The XML declaration does not have ${name}.`);
  if (name === 'version' && value !== '1.0') throw bad(`The XML version must be 1.0, not ${value}.`);
  if (name === 'standalone' && value !== 'yes' && value !== 'no') throw bad('standalone must be yes or no.');
  if (name === 'encoding' && !/^[A-Za-z][A-Za-z0-9._-]*$/.test(value))
    throw bad(`${value} is not the name of an encoding.`);
}

function bad(message: string): Fault {
  return new Fault('XML_BAD_DECLARATION', message, 0);
}

/** The encoding named in the XML declaration, in lower case. */
export function declaredEncoding(text: string): { readonly name: string; readonly offset: number } | undefined {
  if (!startsWithDeclaration(text)) return undefined;
  const written = declaration.exec(head(text))?.[0];
  const match = written && /[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']/.exec(written);
  return match ? { name: (match[1] ?? '').toLowerCase(), offset: match.index + 1 } : undefined;
}

/** Spaces, blank lines or text before the declaration: the most common error in a web.config. */
function refuseLateDeclaration(text: string): void {
  const at = text.search(/<\?xml[ \t\r\n]/);
  const root = text.search(/<[A-Za-z_]/);
  if (at <= 0 || (root >= 0 && root < at)) return;
  const before = text.slice(0, at);
  const isInside = (open: string, close: string): boolean => before.lastIndexOf(close) < before.lastIndexOf(open);
  if (isInside('<!--', '-->') || isInside('<?', '?>')) return;
  const lines = before.split(/\r\n|\r|\n/).length - 1;
  const blank = lines > 0 ? `${lines} blank line${lines === 1 ? '' : 's'}` : 'white space';
  const other = before === '\ufeff' ? 'a second byte-order mark' : 'something else';
  const what = /[^ \t\r\n]/.test(before) ? other : blank;
  const verb = lines > 1 && what === blank ? 'are' : 'is';
  throw new Fault(
    'XML_BEFORE_DECLARATION',
    `The XML declaration (<?xml ... ?>) must be at the very start of the file: ${what} ${verb} before it.`,
    at,
  );
}
