import { readFileSync } from 'node:fs';
import { UserError } from '../errors.js';
import { type Decoded, fromBytes, toBytes } from '../xml/index.js';

/** A text, without a byte order mark, and its encoding: Visual Studio and PowerShell write UTF-16 now and then. */
export type TextFile = Decoded;

/** How a new text file is written. */
export const plainText: Omit<TextFile, 'text'> = { encoding: 'utf-8', bom: false };

/** The text as bytes in the encoding of `like`. */
export function encodeText(text: string, { encoding, bom }: Omit<TextFile, 'text'>): Uint8Array {
  return toBytes({ text, encoding, bom });
}

/** A file's bytes; undefined when there is no such file. Throws UserError FILE_UNREADABLE. */
export function readBytes(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** A file's text; undefined when there is no such file. Throws UserError FILE_UNREADABLE. */
export function readTextFile(file: string): TextFile | undefined {
  const bytes = readBytes(file);
  if (bytes === undefined) return undefined;
  try {
    return fromBytes(bytes);
  } catch (cause) {
    throw unreadable(file, 'It is neither UTF-8 nor UTF-16 text.', cause);
  }
}

function unreadable(file: string, why: string, cause: unknown): UserError {
  return new UserError('FILE_UNREADABLE', {
    what: `cannot read ${file}`,
    why,
    next: 'make it readable, or move it away, and run the command again',
    cause,
  });
}
