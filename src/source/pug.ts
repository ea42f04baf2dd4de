import { attributeOf, type PageScript, scriptTypes } from './html.js';
import type { TextFile } from './text-file.js';

/** `script(src='/app.js')`, `script.` with a block below, `script(type='module') io();` */
const element =
  /^([ \t]*)script(?:\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\))?(\.(?=[ \t]*\r?$))?(?:[ \t]+([^\r\n]*))?\r?$/gm;

/** The JavaScript of a template of Pug, like that of a page. Never throws. */
export function readPugScripts({ text }: TextFile): PageScript[] {
  return [...text.matchAll(element)].flatMap((found): PageScript[] => {
    const [whole, indent = '', attributes = '', block, inline = ''] = found;
    const tag = ` ${attributes.replaceAll(',', ' ')}`;
    const type = attributeOf(tag, 'type')?.value.trim() ?? '';
    if (!scriptTypes.test(type)) return [];
    const isModule = type.toLowerCase() === 'module';
    const waits = (isModule || /\bdefer\b/.test(tag)) && !/\basync\b/.test(tag);
    const base = { isModule, waits, language: 'javascript' as const };
    const src = attributeOf(tag, 'src');
    if (src) {
      const offset = found.index + whole.indexOf('(') + src.at; // the blank in front of the tag stands for the bracket
      return [{ ...base, src: src.value, code: '', offset }];
    }
    const end = found.index + whole.length;
    if (block === undefined) return [{ ...base, src: undefined, code: inline, offset: end - inline.length }];
    const lines = new RegExp(`(?:\\n(?:${indent}[ \\t]+[^\\n]*|[ \\t\\r]*(?=\\n|$)))*`, 'y');
    lines.lastIndex = end;
    return [{ ...base, src: undefined, code: lines.exec(text)?.[0] ?? '', offset: end }];
  });
}
