/** How much of one text is searched: its beginning, and its end, in characters. */
const searched = 262_144;

/** A page that a browser saved, or a fragment of one: the error pages of iisnode have no html element. */
const isMarkup = (text: string): boolean =>
  /<(?:!doctype|html|head|body|title|pre|p|h[1-4]|fieldset)\b/i.test(text.slice(0, 8192));

/** Text to search, and whether its lines are those of the source. */
export interface Searchable {
  readonly text: string;
  readonly hasLines: boolean;
}

/** What the user reads: without markup, colours and control characters, with plain quotes. Linear in the length. */
export function searchable(source: string): Searchable {
  const whole = source.length <= 2 * searched;
  const kept = whole ? source : `${source.slice(0, searched)}\n${source.slice(-searched)}`;
  const markup = isMarkup(kept);
  const text = markup ? withoutMarkup(kept) : kept;
  return { text: plain(text), hasLines: whole && !markup };
}

/** Colours of a terminal, and other control characters but line ends and tabs. */
const control = /(?![\t\n\r])\p{Cc}(?:\[[0-9;]{0,16}[A-Za-z])?/gu;

function plain(text: string): string {
  return text
    .replace(control, '')
    .replace(/\r{1,2}\n|\r/g, '\n')
    .replace(/[\u2018\u2019\u201A\u2032]/g, "'")
    .replace(/[\u201C\u201D\u201E]/g, '"')
    .replace(/[\u00A0\u2009\u202F]/g, ' ')
    .replace(/[\u200B\uFEFF]/g, '');
}

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Elements whose end is the end of a line. */
const block = /^\/?(?:p|br|div|pre|h[1-6]|li|tr|ul|ol|table|fieldset|legend|title|body|head|html|section|hr)\b/i;

/** One pass over the page. */
function withoutMarkup(html: string): string {
  const parts: string[] = [];
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      parts.push(html.slice(at));
      break;
    }
    parts.push(html.slice(at, open));
    const close = html.startsWith('<!--', open) ? html.indexOf('-->', open) + 2 : html.indexOf('>', open);
    if (close < open + 1) break; // the rest is an unclosed tag
    const tag = html.slice(open + 1, Math.min(close, open + 20));
    const hidden = /^(style|script)\b/i.exec(tag)?.[1];
    if (block.test(tag)) parts.push('\n');
    else if (/^\/?(?:td|th|span)\b/i.test(tag)) parts.push(' ');
    at = hidden === undefined ? close + 1 : endOf(html, hidden, close + 1);
  }
  return parts.join('').replace(/&(#?[a-z0-9]{1,8});/gi, (whole, name: string) => entityOf(name) ?? whole);
}

/** The place after `</style>`; the end of the page where there is none. */
function endOf(html: string, element: string, from: number): number {
  const lower = element.toLowerCase();
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    if (html.slice(at + 2, at + 2 + lower.length).toLowerCase() === lower) {
      const close = html.indexOf('>', at);
      return close < 0 ? html.length : close + 1;
    }
  }
  return html.length;
}

function entityOf(name: string): string | undefined {
  if (!name.startsWith('#')) return entities[name.toLowerCase()];
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}
