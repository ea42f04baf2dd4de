import { readFileSync } from 'node:fs';
import { UserError } from '../errors.js';

export interface TextFile {
  /** Without a byte order mark. */
  readonly text: string;
  /** Visual Studio and PowerShell write UTF-16 now and then. */
  readonly encoding: 'utf8' | 'utf16le';
  readonly bom: boolean;
}

/** How a new text file is written. */
export const plainText: Omit<TextFile, 'text'> = { encoding: 'utf8', bom: false };

/** The text as bytes in the encoding of `like`. */
export function encodeText(text: string, like: Omit<TextFile, 'text'>): Buffer {
  return Buffer.from(like.bom ? `\uFEFF${text}` : text, like.encoding);
}

/** A file's text; undefined when there is no such file. Throws UserError FILE_UNREADABLE. */
export function readTextFile(file: string): TextFile | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  try {
    return decoded(bytes);
  } catch (cause) {
    throw unreadable(file, 'It is neither UTF-8 nor UTF-16 (little-endian) text.', cause);
  }
}

function decoded(bytes: Buffer): TextFile {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const bom = text.startsWith('\uFEFF');
  return { text: bom ? text.slice(1) : text, encoding: utf16 ? 'utf16le' : 'utf8', bom };
}

function unreadable(file: string, why: string, cause: unknown): UserError {
  return new UserError('FILE_UNREADABLE', {
    what: `cannot read ${file}`,
    why,
    next: 'make it readable, or move it away, and run the command again',
    cause,
  });
}
