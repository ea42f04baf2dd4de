import { readFileSync } from 'node:fs';
import { UserError } from '../errors.js';

/** Visual Studio and PowerShell write UTF-16 now and then; a byte order mark tells, and stays in the text. */
export type TextEncoding = 'utf8' | 'utf16le';

export interface TextFile {
  readonly text: string;
  readonly encoding: TextEncoding;
}

/** A file's text with its byte order mark; undefined when there is no such file. Throws UserError FILE_UNREADABLE. */
export function readTextFile(file: string): TextFile | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unreadable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { text: bytes.toString('utf16le'), encoding: 'utf16le' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), encoding: 'utf8' };
  } catch (cause) {
    throw unreadable(file, 'It is neither UTF-8 nor UTF-16 (little-endian) text.', cause);
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
