/** The deepest nesting of a recording; browsers write about ten levels. */
const deepest = 100;
/** The most values of a recording: each becomes an object of some 50 bytes. */
const mostValues = 4_000_000;

const quote = 0x22;
const backslash = 0x5c;
const [openObject, closeObject, openArray, closeArray, comma] = [0x7b, 0x7d, 0x5b, 0x5d, 0x2c];

/** Why JSON text must not be parsed: it would take too much memory; undefined where it may. One pass over the bytes. */
export function tooMuchJson(bytes: Uint8Array): string | undefined {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at + 1);
    else if (byte === comma) values += 1;
    else if (byte === openObject || byte === openArray) {
      depth += 1;
      values += 1;
    } else if (byte === closeObject || byte === closeArray) depth -= 1;
    if (depth > deepest) return `It is nested more than ${deepest} levels deep.`;
    if (values > mostValues) return `It has more than ${mostValues} values.`;
  }
  return undefined;
}

/** The place of the quote that ends a string; the end of the text where there is none. */
function endOfString(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    if (bytes[at] === backslash) at += 1;
    else if (bytes[at] === quote) return at;
  }
  return bytes.length;
}
