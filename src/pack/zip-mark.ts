import { readTailSync } from '../files/index.js';

/** The beginning of every mark: without it a zip file is not deploy's. */
const marked = 'iisnode-sock sha256:';
/** Of the hash in a mark, in hexadecimal digits. */
const hashLength = 64;
/** Of the end of central directory record without a comment (APPNOTE.txt 4.3.16), in bytes. */
const endRecord = 22;

/** What the package of an app with this hash ends with. */
export const zipMark = (hash: string): string => `${marked}${hash}`;

/** The mark of a zip file; undefined: it is not one that deploy has written. @throws FileError */
export function markOfZip(file: string): string | undefined {
  const length = marked.length + hashLength;
  const text = readTailSync(file, length + endRecord).bytes.toString('latin1', 0, length);
  return text.startsWith(marked) && /^[0-9a-f]{64}$/.test(text.slice(marked.length)) ? text : undefined;
}
