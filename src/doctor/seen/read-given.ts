import path from 'node:path';
import { UserError } from '../../errors.js';
import { fileLimits, readIfThereSync } from '../../files/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { textOfBytes } from '../text-of-bytes.js';
import type { SeenInput } from './recognise.js';
import { quoteOf } from './redact.js';

/** The bytes of a text that is not from a file. */
export interface GivenBytes {
  /** 'standard input' */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A text of the command line, or the content of a file of that name. Throws UserError, FileError. */
export function readGiven(given: string | GivenBytes, cwd: string): SeenInput {
  if (typeof given !== 'string') {
    if (isBinary(given.bytes)) throw notText(given.name);
    return { text: textOfBytes(given.bytes) };
  }
  if (/[\n\r]/.test(given)) return { text: given };
  const file = path.resolve(cwd, given);
  const bytes = readIfThereSync(file, fileLimits.seen);
  if (bytes === undefined) {
    if (looksLikeFile(given)) throw fileMissing(given);
    return { text: given };
  }
  if (/\.har$/i.test(given)) throw isHar(given);
  if (isBinary(bytes)) throw notText(given);
  return { file, name: path.basename(file), text: textOfBytes(bytes) };
}

/** A name without blanks that ends as names of files do; '500.1013' is not one. */
const looksLikeFile = (given: string): boolean =>
  /^[^\s"'<>|?*]{1,255}\.(?:html?|mht|txt|log|har|json|xml|evtx|csv|png|jpe?g)$/i.test(given);

function isBinary(bytes: Uint8Array): boolean {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  return !isUtf16 && bytes.subarray(0, 4096).includes(0);
}

function fileMissing(given: string): UserError {
  return new UserError('SEEN_FILE_NOT_FOUND', {
    what: `there is no file ${quoteOf(given)} for --seen`,
    why: '--seen takes a text, or the name of a file with one; this looks like a name.',
    next: 'check the name, or give the text itself in quotes: --seen "HTTP Error 500.1002"',
  });
}

function isHar(given: string): UserError {
  return new UserError('SEEN_FILE_IS_HAR', {
    what: `${quoteOf(given)} is a recording of a browser, not a text`,
    why: '--seen takes texts and files of text.',
    next: `${iisnodeSock} doctor --har ${quoteOf(given)}`,
  });
}

function notText(given: string): UserError {
  return new UserError('SEEN_FILE_NOT_TEXT', {
    what: `${quoteOf(given)} is not a text file`,
    why: '--seen reads text: a saved page, a console, an event exported as text (not .evtx), a log; not a picture.',
    next: 'save it as text, or give the words in quotes: --seen "..."',
  });
}
