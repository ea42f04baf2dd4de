import { shorten } from './entities.js';
import { Fault } from './error.js';
import { declaredEncoding } from './prolog.js';
import type { XmlDocument } from './types.js';

type Encoding = XmlDocument['encoding'];

/** A text and its encoding. */
export interface Decoded {
  /** Without a byte-order mark. */
  readonly text: string;
  readonly encoding: Encoding;
  readonly bom: boolean;
}

/** Text from a string; its declaration decides its encoding on disk. */
export function fromString(source: string): Decoded {
  const bom = source.charCodeAt(0) === 0xfeff;
  const text = bom ? source.slice(1) : source;
  const declared = declaredEncoding(text)?.name;
  if (declared === 'utf-16' || declared === 'utf-16le') return { text, encoding: 'utf-16le', bom: true };
  if (declared === 'utf-16be') return { text, encoding: 'utf-16be', bom: true };
  return { text, encoding: 'utf-8', bom };
}

/** Text from a file's bytes: UTF-8, UTF-16 LE or BE, by the byte-order mark or by the bytes of `<`. Throws Fault. */
export function fromBytes(bytes: Uint8Array): Decoded {
  const [encoding, mark] = detect(bytes);
  const body = bytes.subarray(mark);
  const text = encoding === 'utf-8' ? decodeUtf8(body) : decodeUtf16(body, encoding);
  return { text, encoding, bom: mark > 0 };
}

/** XML 1.0, appendix F. Whether IIS accepts UTF-16 without a mark is (unconfirmed); its meaning is clear. */
function detect(bytes: Uint8Array): readonly [Encoding, number] {
  const [a, b, c, d] = bytes;
  if (
    (a === 0xff && b === 0xfe && c === 0 && d === 0) ||
    (a === 0 && b === 0 && (c === 0xfe || c === 0)) ||
    (a === 0x3c && b === 0 && c === 0 && d === 0)
  ) {
    throw new Fault('XML_WRONG_ENCODING', 'The file is UTF-32: save it as UTF-8.', 0);
  }
  if (a === 0xef && b === 0xbb && c === 0xbf) return ['utf-8', 3];
  if (a === 0xff && b === 0xfe) return ['utf-16le', 2];
  if (a === 0xfe && b === 0xff) return ['utf-16be', 2];
  if (a === 0x3c && b === 0) return ['utf-16le', 0];
  if (a === 0 && b === 0x3c) return ['utf-16be', 0];
  return ['utf-8', 0];
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // An invalid byte decodes to U+FFFD, and so do three valid bytes: the first U+FFFD that is not from these is the position.
    const loose = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const declared = declaredEncoding(loose)?.name;
    const offset = firstDamage(loose, bytes);
    const hint =
      declared !== undefined && declared !== 'utf-8'
        ? `it declares ${declared}, which is not supported here: save it as UTF-8`
        : 'save it as UTF-8';
    throw new DamagedText(loose, `The file is not valid UTF-8: ${hint}.`, offset);
  }
}

/** Offset in `loose` of the first replacement character that is not in the bytes themselves. */
function firstDamage(loose: string, bytes: Uint8Array): number {
  const encoder = new TextEncoder();
  let byte = 0;
  let from = 0;
  for (;;) {
    const at = loose.indexOf('\ufffd', from);
    if (at < 0) return 0;
    byte += encoder.encode(loose.slice(from, at)).length;
    if (bytes[byte] !== 0xef || bytes[byte + 1] !== 0xbf || bytes[byte + 2] !== 0xbd) return at;
    byte += 3;
    from = at + 1;
  }
}

function decodeUtf16(bytes: Uint8Array, encoding: Encoding): string {
  const big = encoding === 'utf-16be';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: string[] = [];
  const even = bytes.length & ~1;
  for (let start = 0; start < even; start += 16384) {
    const units: number[] = [];
    for (let at = start; at < Math.min(even, start + 16384); at += 2) units.push(view.getUint16(at, !big));
    chunks.push(String.fromCharCode(...units));
  }
  const text = chunks.join('');
  if (even !== bytes.length) throw new DamagedText(text, 'The file ends in half a UTF-16 character.', text.length);
  return text;
}

/** These encode ASCII like UTF-8; all other characters are read as other letters. */
const asciiAlike = /^(us-ascii|ascii|iso-8859-\d+|latin1|windows-12\d\d)$/;

/** True when only ASCII may be written, because the declaration names a code page. */
export function isAsciiOnly(text: string): boolean {
  return asciiAlike.test(declaredEncoding(text)?.name ?? '');
}

/** The declaration must match the bytes. Throws Fault. */
export function checkDeclaration({ text, encoding, bom }: Decoded): void {
  const declared = declaredEncoding(text);
  if (!declared) return;
  const fits = encoding === 'utf-8' ? /^utf-?8$/ : encoding === 'utf-16le' ? /^utf-16(le)?$/ : /^utf-16(be)?$/;
  if (fits.test(declared.name)) return;
  if (encoding === 'utf-8' && !bom && asciiAlike.test(declared.name) && /^[\0-\x7f]*$/.test(text)) return;
  throw new Fault(
    'XML_WRONG_ENCODING',
    `The XML declaration says encoding="${shorten(declared.name)}", but the file is saved as ${encoding.toUpperCase()}.`,
    declared.offset,
  );
}

/** Bytes that are not valid text, with the part that could be decoded: the offset refers to that. */
export class DamagedText extends Fault {
  readonly text: string;

  constructor(text: string, message: string, offset: number) {
    super('XML_BAD_BYTES', message, offset);
    this.text = text;
  }
}

/** The bytes of a text: the inverse of `fromBytes`. */
export function toBytes({ text, encoding, bom }: Decoded): Uint8Array {
  const marked = bom ? `\ufeff${text}` : text;
  if (encoding === 'utf-8') return new TextEncoder().encode(marked);
  const bytes = new Uint8Array(marked.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < marked.length; at++) view.setUint16(at * 2, marked.charCodeAt(at), encoding === 'utf-16le');
  return bytes;
}
