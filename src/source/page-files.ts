import { attributeOf, endOfTag, endTagAt, scriptTypes, withoutComments } from './html.js';
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
/** Nothing in them is fetched: code, text, what is for browsers without scripts, and what a script may insert later. */
const silent = /^(script|style|noscript|template|textarea|title)$/;

/** A start tag as written. */
interface Tag {
  readonly name: string;
  readonly whole: string;
  readonly index: number;
}

/** The start tags of a page outside of silent elements, in one pass; one that is not closed runs to the end. */
function tagsIn(html: string): Tag[] {
  const tags: Tag[] = [];
  const start = /<([a-z][^\s/>]*)/gi;
  for (let open = start.exec(html); open; open = start.exec(html)) {
    const name = open[1]?.toLowerCase() ?? '';
    const end = endOfTag(html, start.lastIndex);
    if (end === undefined) break;
    tags.push({ name, whole: html.slice(open.index, end), index: open.index });
    const next = silent.test(name) ? endTagAt(html, name, end) : end;
    if (next === undefined) break;
    start.lastIndex = next;
  }
  return tags;
}

/** The scripts, style sheets and images that a page as sent makes a browser fetch, in order. Never throws. */
export function readPageFiles(page: TextFile): PageFiles {
  let base: string | undefined;
  const files: PageFile[] = [];
  for (const { name, whole, index } of tagsIn(withoutComments(page.text))) {
    const read = fileOf(name, whole);
    if (read === undefined || read.address === '' || /\{\{|<%/.test(read.address)) continue;
    if (read.kind === 'base') base ??= read.address;
    else files.push({ ...read, kind: read.kind, offset: index + read.at });
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
  if (name === 'img') return named('image', 'src');
  return name === 'base' ? named('base', 'href') : undefined;
}
