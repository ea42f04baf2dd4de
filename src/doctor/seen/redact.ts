import { printable } from '../../printable.js';

/** Query parameters that are shown with their value; of others only the name is. */
const harmless = new Set(['eio', 'transport', 'path', 'page', 'v', 'ver', 'version', 'port']);

/** The longest quote, in characters. */
const longest = 160;

const secrets: readonly (readonly [RegExp, string])[] = [
  // Up to the end of the line: a cookie header has several values.
  [
    /\b((?:set-)?cookie2?|(?:proxy-)?authorization|x-[\w-]{0,20}(?:token|key|auth)[\w-]{0,20})(["']?\s{0,3}[:=]\s{0,3})[^\n]{1,8192}/gi,
    '$1$2...',
  ],
  [/\b(Bearer|Basic|Negotiate|NTLM)\s{1,3}[\w+/=.~-]{8,8192}/g, '$1 ...'],
  [/\beyJ[\w-]{8,4096}\.[\w-]{4,8192}(?:\.[\w-]{0,4096})?/g, '...'],
  [/([?&;](?!(?:eio|transport|path|page|v|ver|version|port)=)[\w.[\]%-]{1,64}=)[^\s&;'"<>)]{1,4096}/gi, '$1...'],
  [
    /\b(\w{0,20}(?:password|passwd|pwd|secret|api_?key|access_?token)\w{0,20}["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;&]{1,512}/gi,
    '$1...',
  ],
  [/(:\/\/[^\s/:@]{1,128}:)[^\s/@]{1,256}@/g, '$1...@'],
];

/** Without cookies, authorisation headers, tokens, passwords and values of queries. Linear in the length. */
function redacted(text: string): string {
  return secrets.reduce((kept, [pattern, instead]) => kept.replace(pattern, instead), text);
}

/** One line of a text for a report: safe to show, without secrets, cut around the column (from 0). */
export function quoteOf(line: string, column = 0): string {
  const from = column > longest - 40 ? column - 40 : 0;
  // More than is shown, so that a secret is not cut before it is recognised.
  const part = redacted(line.slice(Math.max(0, from - 400), from + 4 * longest));
  const start = from === 0 ? 0 : Math.max(0, part.length - redacted(line.slice(from, from + 4 * longest)).length);
  const shown = printable(part.slice(start, start + longest).replaceAll('\t', ' ')).trim();
  return `${start > 0 ? '... ' : ''}${shown}${part.length > start + longest ? ' ...' : ''}`;
}

/** A URL for a report: scheme, host and path, and of the query only harmless values. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return quoteOf(url);
  const { protocol, host, pathname, searchParams } = new URL(url);
  const query = [...searchParams].slice(0, 12).map(([name, value]) => {
    const short = name.slice(0, 40);
    return harmless.has(name.toLowerCase()) ? `${short}=${value.slice(0, 40)}` : `${short}=...`;
  });
  const shown = `${protocol}//${host}${pathname.slice(0, 120)}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  return printable(shown);
}
