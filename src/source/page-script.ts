import type { Language } from './bounded-parser.js';
import { parseForBundler, type Script } from './script.js';
import type { TextFile } from './text-file.js';

/** `<%= name %>` of EJS, `{{name}}` of Handlebars, `{% if %}` of others: text that the server inserts before the page is sent. */
const tag = /<%[\s\S]*?%>|\{\{\{[\s\S]*?\}\}\}|\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const withTag = new RegExp(tag.source);

/** Does a text of a page have such a tag in it? What the page has there is known when it is sent. */
export const hasTemplateTag = (text: string): boolean => withTag.test(text);

/** Tags without output: `<% if (a) { %>`, `{{#if a}}`, `{{/if}}`, `{{else}}`, comments. */
const silent = /^(<%(?![=-])|\{%|\{\{\{?\s*([#/^!>~]|else\b))/;
/** A page is parsed again for each tag; long pages less often. */
const mostTags = (length: number): number => Math.min(60, Math.floor(1_000_000 / (length + 1)));

/**
 * Parses an inline script of a page. Template tags that are not JavaScript are replaced by a name, or by spaces if they have no
 * output; tags in strings are not changed.
 */
export function parsePageScript(page: TextFile, code: string, offset: number, language: Language): Script {
  let script = parseForBundler(page, code, offset, language);
  const open = [...code.matchAll(tag)].slice(0, mostTags(code.length));
  let text = code;
  while (script.failure?.problem === 'syntax' && open.length > 0) {
    const at = script.failure.offset;
    // The parser stops in the tag, or after it: `{{a}}` begins like a block.
    const behind = open.findIndex(({ index }) => index > at);
    const [found] = open.splice(behind < 0 ? open.length - 1 : Math.max(behind - 1, 0), 1);
    if (found === undefined) break;
    const [written] = found;
    text = text.slice(0, found.index) + placeholder(written) + text.slice(found.index + written.length);
    script = parseForBundler(page, text, offset, language);
  }
  return { ...script, code };
}

/** Of the same length, with its line ends. */
function placeholder(written: string): string {
  const blank = written.replace(/[^\r\n]/g, ' ');
  return silent.test(written) ? blank : blank.replace(/^ +/, (start) => '_'.repeat(start.length));
}
