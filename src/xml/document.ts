import { checkDeclaration, DamagedText, type Decoded, fromBytes, fromString, toBytes } from './encoding.js';
import { Fault, XmlError } from './error.js';
import { scan } from './scanner.js';
import type { Position, XmlDocument, XmlElement } from './types.js';

/**
 * Reads an XML text as IIS does: strictly, without a DTD, at most 256 levels deep.
 *
 * @param source The text, or the file's bytes in UTF-8 or UTF-16 with or without a byte-order mark.
 * @param file Path shown in errors; '' when there is none.
 * @throws XmlError at the first thing that is not well-formed.
 */
export function parseXml(source: string | Uint8Array, file = ''): XmlDocument {
  try {
    return fromDecoded(typeof source === 'string' ? fromString(source) : fromBytes(source), file);
  } catch (error) {
    if (error instanceof DamagedText) throw asXmlError(error, error.text, file);
    if (error instanceof Fault) throw asXmlError(error, '', file);
    throw error;
  }
}

/** The document of an already decoded text, with its encoding for writing. Throws XmlError. */
export function fromDecoded(decoded: Decoded, file: string): XmlDocument {
  try {
    checkDeclaration(decoded);
    return new Document(decoded, file, scan(decoded.text));
  } catch (error) {
    if (error instanceof Fault) throw asXmlError(error, decoded.text, file);
    throw error;
  }
}

function asXmlError(fault: Fault, text: string, file: string): XmlError {
  return new XmlError(fault.code, fault.message, new Lines(text).positionAt(fault.offset), file);
}

/** Offsets to lines and columns; a line ends with CR LF, LF or CR. */
class Lines {
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    // Most files have no CR without LF: then every line ends with an LF, which is faster to find.
    if (/\r(?!\n)/.test(text)) {
      for (const match of text.matchAll(/\r\n|\n|\r/g)) this.#starts.push(match.index + match[0].length);
    } else {
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
    }
  }

  positionAt(offset: number): Position {
    const at = Math.min(Math.max(0, offset), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#starts[low] ?? 0) + 1, offset: at };
  }
}

class Document implements XmlDocument {
  readonly file: string;
  readonly text: string;
  readonly encoding: XmlDocument['encoding'];
  readonly bom: boolean;
  readonly root: XmlElement;
  #lines: Lines | undefined;

  constructor(decoded: Decoded, file: string, root: XmlElement) {
    this.file = file;
    this.text = decoded.text;
    this.encoding = decoded.encoding;
    this.bom = decoded.bom;
    this.root = root;
  }

  get newline(): XmlDocument['newline'] {
    const first = /\r\n|\n|\r/.exec(this.text)?.[0];
    return first === '\r\n' || first === '\r' ? first : '\n';
  }

  positionAt(offset: number): Position {
    this.#lines ??= new Lines(this.text);
    return this.#lines.positionAt(offset);
  }

  toBytes(): Uint8Array {
    return toBytes(this);
  }
}
