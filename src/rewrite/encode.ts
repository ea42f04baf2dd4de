const encodeMatch = (text: string, unsafe: RegExp): string =>
  text.replace(unsafe, (found) =>
    Array.from(new TextEncoder().encode(found), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  );

/** A decoded path for a request line: only characters that are not allowed there are encoded (`%`, spaces, `?`, non-ASCII ...). */
export function encodePath(path: string): string {
  if (/^[\w/.\-~]*$/.test(path)) return path;
  return encodeMatch(path, /[^\w/.\-~!$&'()*+,;=:@[\]]+/g);
}

/** A query for a request line or a Location header: spaces, control characters and non-ASCII are encoded. */
export function encodeQuery(query: string): string {
  return encodeMatch(query, /[^\x21-\x7e]+/g);
}

/** The path part of a Location: like a path, but `#` and the escapes in the rule are kept. */
export function encodeLocation(location: string): string {
  return encodeMatch(location, /%(?![0-9A-Fa-f]{2})|[^\w/.\-~!$&'()*+,;=:@[\]?#%]+/g);
}
