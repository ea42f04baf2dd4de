/** The attributes with URLs that each name of filterByTags stands for (URL Rewrite 2.0 configuration reference). */
const attributesOf: Readonly<Record<string, readonly string[]>> = {
  A: ['href'],
  Area: ['href'],
  Base: ['href'],
  Form: ['action'],
  Frame: ['src', 'longdesc'],
  Head: ['profile'],
  IFrame: ['src', 'longdesc'],
  Img: ['src', 'longdesc', 'usemap'],
  Input: ['src', 'usemap'],
  Link: ['href'],
  Script: ['src'],
};

/** `tag attribute` in lower case, as one string. */
export type TagAttribute = string;

/** The tags and attributes in a rule's filterByTags and its custom tags. */
export function tagAttributes(
  filterByTags: readonly string[],
  custom: readonly { readonly name: string; readonly attribute: string }[],
): ReadonlySet<TagAttribute> {
  const named = filterByTags.flatMap((tag) => (attributesOf[tag] ?? []).map((attribute) => [tag, attribute] as const));
  const own = filterByTags.includes('CustomTags')
    ? custom.map(({ name, attribute }) => [name, attribute] as const)
    : [];
  return new Set([...named, ...own].map(([tag, attribute]) => `${tag} ${attribute}`.toLowerCase()));
}

const isSpace = (char: string): boolean =>
  char === ' ' || char === '\n' || char === '\t' || char === '\r' || char === '\f';

/**
 * Replaces attribute values in HTML: `change` gets each quoted or unquoted value of a tag's attribute, as written (entities
 * stay), and returns the new one. Comments are not changed. Linear in the length of the text.
 */
export function changeAttributes(html: string, change: (attribute: TagAttribute, value: string) => string): string {
  let out = '';
  let copied = 0;
  let at = 0;
  for (;;) {
    at = html.indexOf('<', at);
    if (at < 0) break;
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4);
      if (end < 0) break;
      at = end + 3;
      continue;
    }
    const tag = nameAt(html, at + 1);
    at += 1 + tag.length;
    if (tag === '') continue;
    for (;;) {
      const found = attributeAt(html, at);
      if (found === undefined) break;
      at = found.end;
      if (found.valueStart < 0) continue;
      const value = html.slice(found.valueStart, found.valueEnd);
      const changed = change(`${tag} ${found.name}`.toLowerCase(), value);
      if (changed === value) continue;
      out += html.slice(copied, found.valueStart) + changed;
      copied = found.valueEnd;
    }
  }
  return out + html.slice(copied);
}

function nameAt(html: string, start: number): string {
  let end = start;
  while (end < html.length && /[A-Za-z0-9:-]/.test(html.charAt(end))) end++;
  return html.slice(start, end);
}

interface FoundAttribute {
  readonly name: string;
  /** -1: no value. */
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly end: number;
}

/** The next attribute inside a tag; undefined at its end. */
function attributeAt(html: string, start: number): FoundAttribute | undefined {
  let at = start;
  while (at < html.length && (isSpace(html.charAt(at)) || html.charAt(at) === '/')) at++;
  const nameStart = at;
  while (at < html.length && !isSpace(html.charAt(at)) && !'=<>/'.includes(html.charAt(at))) at++;
  const name = html.slice(nameStart, at);
  if (name === '') return undefined;
  let after = at;
  while (after < html.length && isSpace(html.charAt(after))) after++;
  if (html.charAt(after) !== '=') return { name, valueStart: -1, valueEnd: -1, end: at };
  after++;
  while (after < html.length && isSpace(html.charAt(after))) after++;
  const quote = html.charAt(after);
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, after + 1);
    if (close < 0) return undefined;
    return { name, valueStart: after + 1, valueEnd: close, end: close + 1 };
  }
  let end = after;
  while (end < html.length && !isSpace(html.charAt(end)) && html.charAt(end) !== '>') end++;
  return { name, valueStart: after, valueEnd: end, end };
}
