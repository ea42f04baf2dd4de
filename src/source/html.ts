import type { Language } from './bounded-parser.js';
import type { TextFile } from './text-file.js';

/** A script element of a page. */
export interface PageScript {
  /** Its src; undefined for an inline script. */
  readonly src: string | undefined;
  readonly isModule: boolean;
  /** A browser runs it when the page has come to its end: it is deferred, a module, or not closed. */
  readonly waits: boolean;
  /** By its type or lang. */
  readonly language: Language;
  /** The inline code, '' when it has a src. */
  readonly code: string;
  /** Where `code` (or the src's value) starts in the page. */
  readonly offset: number;
}

/** Types of scripts that are code. */
export const scriptTypes =
  /^(|module|(text|application)\/(javascript|ecmascript|x-javascript|babel|jsx|typescript|tsx))$/i;

/** `<script lang="ts">` of Vue and Svelte, `<script type="text/babel">` of Babel in the browser. */
function languageOfTag(type: string, lang: string): Language {
  if (/tsx|jsx|babel/i.test(type) || /^(tsx|jsx)$/i.test(lang)) return 'tsx';
  return /typescript/i.test(type) || /^(ts|typescript)$/i.test(lang) ? 'typescript' : 'javascript';
}

/** Replaces comments by spaces of the same length, so that offsets stay correct. */
export function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?(?:-->|$)/g, (comment) => comment.replace(/[^\r\n]/g, ' '));
}

/** Where a start tag ends, behind its `>`; those in quotes do not count. undefined: it is not closed. */
export function endOfTag(html: string, from: number): number | undefined {
  const mark = /["'>]/g;
  mark.lastIndex = from;
  for (let found = mark.exec(html); found; found = mark.exec(html)) {
    if (found[0] === '>') return mark.lastIndex;
    const closing = html.indexOf(found[0], mark.lastIndex);
    if (closing < 0) return undefined;
    mark.lastIndex = closing + 1;
  }
  return undefined;
}

/** Where the end tag of an element begins; undefined: there is none. */
export function endTagAt(html: string, name: string, from: number): number | undefined {
  const closing = new RegExp(`</${name}`, 'gi');
  closing.lastIndex = from;
  return closing.exec(html)?.index;
}

/** Value and offset of an attribute within a start tag. */
export function attributeOf(tag: string, name: string): { value: string; at: number } | undefined {
  const found = new RegExp(`[\\s"'/]${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>"']+))`, 'i').exec(tag);
  if (!found) return undefined;
  const value = found[1] ?? found[2] ?? found[3] ?? '';
  return { value, at: found.index + found[0].lastIndexOf(value) };
}

/** Is an attribute there, with a value or without? */
const isSet = (tag: string, name: string): boolean => new RegExp(`[\\s"'/]${name}(?=[\\s=>/])`, 'i').test(tag);

/** The JavaScript of a page: inline scripts and the addresses of linked ones, in order. Never throws. */
export function readPageScripts(page: TextFile): PageScript[] {
  const html = withoutComments(page.text);
  const scripts: PageScript[] = [];
  const opening = /<script(?=[\s>/])/gi;
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const start = endOfTag(html, opening.lastIndex);
    if (start === undefined) break;
    const closing = endTagAt(html, 'script', start);
    const end = closing ?? html.length;
    opening.lastIndex = end;
    const tag = html.slice(found.index, start);
    const type = attributeOf(tag, 'type')?.value.trim() ?? '';
    if (!scriptTypes.test(type)) continue;
    const language = languageOfTag(type, attributeOf(tag, 'lang')?.value.trim() ?? '');
    const src = attributeOf(tag, 'src');
    const isModule = type.toLowerCase() === 'module';
    const isDeferred = (isModule || (src !== undefined && isSet(tag, 'defer'))) && !isSet(tag, 'async');
    const waits = isDeferred || closing === undefined;
    // The code itself is from the page, not from the text without comments: `<!--` may be in a string.
    scripts.push(
      src
        ? {
            src: src.value.trim(),
            isModule,
            waits,
            language,
            code: '',
            offset: found.index + src.at + src.value.search(/\S|$/),
          }
        : { src: undefined, isModule, waits, language, code: page.text.slice(start, end), offset: start },
    );
  }
  return scripts;
}
