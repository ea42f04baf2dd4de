import { FileError, fileLimits, readIfThereSync } from '../files/index.js';
import { type Decoded, fromBytes, toBytes } from '../xml/index.js';

/** A text, without a byte order mark, and its encoding: Visual Studio and PowerShell sometimes write UTF-16. */
export type TextFile = Decoded;

/** The encoding of a new text file. */
export const plainText: Omit<TextFile, 'text'> = { encoding: 'utf-8', bom: false };

/** The text as bytes in the encoding of `like`. */
export function encodeText(text: string, { encoding, bom }: Omit<TextFile, 'text'>): Uint8Array {
  return toBytes({ text, encoding, bom });
}

/** A file's bytes; undefined when the file does not exist. Throws FileError. */
function readBytes(file: string): Uint8Array | undefined {
  return readIfThereSync(file, fileLimits.config);
}

/** A file's text; undefined when the file does not exist. Throws FileError, also if it is not text. */
export function readTextFile(file: string): TextFile | undefined {
  const bytes = readBytes(file);
  if (bytes === undefined) return undefined;
  try {
    return fromBytes(bytes);
  } catch (cause) {
    throw new FileError(file, 'unreadable', 'It is neither UTF-8 nor UTF-16 text.', cause);
  }
}
