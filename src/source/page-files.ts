import { attributeOf, scriptTypes, withoutComments } from './html.js';
import type { TextFile } from './text-file.js';

/** A file that a browser fetches when it shows a page. */
export interface PageFile {
  readonly kind: 'script' | 'style' | 'image';
  /** As written, without entities. */
  readonly address: string;
  /** Where the address stands in the page. */
  readonly offset: number;
  readonly isModule: boolean;
}

export interface PageFiles {
  /** The href of `<base>`: addresses are relative to it. */
  readonly base: string | undefined;
  readonly files: readonly PageFile[];
}

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' };
const tag = /<(script|link|img|base)(?=[\s>/])((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
/** Nothing in them is fetched: text, what is for browsers without scripts, and what a script may insert later. */
const silent = /(<(style|noscript|template|textarea|title)\b[^>]*>)([\s\S]*?)(?=<\/\2)/gi;
const code = /(<script(?=[\s>/])(?:"[^"]*"|'[^']*'|[^'">])*>)([\s\S]*?)(?=<\/script|$)/gi;
const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');

/** The scripts, style sheets and images that a page as sent makes a browser fetch, in order. Never throws. */
export function readPageFiles(page: TextFile): PageFiles {
  const html = withoutComments(page.text)
    .replace(code, (_all, open: string, text: string) => open + blank(text))
    .replace(silent, (_all, open: string, _name, text: string) => open + blank(text));
  let base: string | undefined;
  const files: PageFile[] = [];
  for (const found of html.matchAll(tag)) {
    const [whole, name = ''] = found;
    const read = fileOf(name.toLowerCase(), whole);
    if (read === undefined || read.address === '' || /\{\{|<%/.test(read.address)) continue;
    if (read.kind === 'base') base ??= read.address;
    else files.push({ ...read, kind: read.kind, offset: found.index + read.at });
  }
  return { base, files };
}

interface Named {
  readonly kind: PageFile['kind'] | 'base';
  readonly address: string;
  /** Offset in the tag. */
  readonly at: number;
  readonly isModule: boolean;
}

function fileOf(name: string, whole: string): Named | undefined {
  const given = (attribute: string): string => attributeOf(whole, attribute)?.value.trim().toLowerCase() ?? '';
  const named = (kind: Named['kind'], attribute: string, isModule = false): Named | undefined => {
    const found = attributeOf(whole, attribute);
    if (found === undefined) return undefined;
    const at = found.at + found.value.search(/\S|$/);
    const address = found.value.trim().replace(/&(\w+);/g, (all, entity: string) => entities[entity] ?? all);
    return { kind, address, at, isModule };
  };
  if (name === 'script') {
    const type = given('type');
    const isFetched = scriptTypes.test(type) && !/\snomodule\b/i.test(whole);
    return isFetched ? named('script', 'src', type === 'module') : undefined;
  }
  if (name === 'link') {
    const relations = given('rel').split(/\s+/);
    return relations.includes('stylesheet') && !relations.includes('alternate') ? named('style', 'href') : undefined;
  }
  return name === 'img' ? named('image', 'src') : named('base', 'href');
}
