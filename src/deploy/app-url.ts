/**
 * The app's URL, valid and with a slash at its end: http://127.0.0.1:8080/my%20app/.
 * @param url origin and vdir path as configured: spaces and other characters are not encoded, and `%` is literal.
 */
export function appUrl(url: string): string {
  const [, origin = '', path = ''] = /^([a-z]+:\/\/[^/]*)(.*)$/is.exec(url) ?? [];
  const encoded = encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
  return `${origin}${encoded.endsWith('/') ? encoded : `${encoded}/`}`;
}
