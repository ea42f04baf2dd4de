import { attributeOf, type PageScript, scriptTypes } from './html.js';
import type { TextFile } from './text-file.js';

/** `script(src='/app.js')`, `script.` with a block below, `script(type='module') io();` */
const element =
  /^([ \t]*)script(?:\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\))?(\.(?=[ \t]*\r?$))?(?:[ \t]+([^\r\n]*))?\r?$/gm;

/** The JavaScript of a template of Pug, like that of a page. Never throws. */
export function readPugScripts({ text }: TextFile): PageScript[] {
  return scriptsIn(text).flatMap(({ tag, type, attributesAt, code, offset }): PageScript[] => {
    if (!scriptTypes.test(type)) return [];
    const isModule = type.toLowerCase() === 'module';
    const waits = (isModule || /\bdefer\b/.test(tag)) && !/\basync\b/.test(tag);
    const base = { isModule, waits, language: 'javascript' as const };
    const src = attributeOf(tag, 'src');
    // The blank in front of the tag stands for the bracket.
    return src
      ? [{ ...base, src: src.value, code: '', offset: attributesAt + src.at }]
      : [{ ...base, src: undefined, code, offset }];
  });
}

/** The import maps of a template. */
export const mapsInPug = (text: string): readonly { readonly text: string; readonly offset: number }[] =>
  scriptsIn(text).flatMap(({ type, code, offset }) =>
    type.toLowerCase() === 'importmap' ? [{ text: code, offset }] : [],
  );

interface ScriptElement {
  /** Its attributes, as in HTML. */
  readonly tag: string;
  readonly type: string;
  readonly attributesAt: number;
  readonly code: string;
  readonly offset: number;
}

const scriptsIn = (text: string): readonly ScriptElement[] =>
  [...text.matchAll(element)].map((found): ScriptElement => {
    const [whole, indent = '', attributes = '', block, inline = ''] = found;
    const tag = ` ${attributes.replaceAll(',', ' ')}`;
    const type = attributeOf(tag, 'type')?.value.trim() ?? '';
    const self = { tag, type, attributesAt: found.index + whole.indexOf('(') };
    const end = found.index + whole.length;
    if (block === undefined) return { ...self, code: inline, offset: end - inline.length };
    const lines = new RegExp(`(?:\\n(?:${indent}[ \\t]+[^\\n]*|[ \\t\\r]*(?=\\n|$)))*`, 'y');
    lines.lastIndex = end;
    return { ...self, code: lines.exec(text)?.[0] ?? '', offset: end };
  });
