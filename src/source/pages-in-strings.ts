import type { AnyNode } from 'acorn';
import type { AppFolder } from './folder.js';
import { type PageFacts, readHtml } from './pages.js';
import type { ServerScript } from './server-sources.js';

/** What is longer is a bundle. */
export const longestScript = 500_000;
const mostPages = 20;

/** The pages that a script of the server has in its text: `response.send('<script src="/socket.io/socket.io.js"></script>')`. */
export function readPagesInStrings(folder: AppFolder, { name, source, context }: ServerScript): PageFacts[] {
  const script = context?.script;
  if (context === undefined || script === undefined || script.code.length > longestScript) return [];
  if (!/<script/i.test(script.code)) return [];
  const pages: PageFacts[] = [];
  let end = 0;
  // What begins first, and of those the longest, contains the others.
  const texts = context.tree.nodes.filter(isText).toSorted((a, b) => a.start - b.start || b.end - a.end);
  for (const node of texts) {
    const code = script.code.slice(node.start, node.end);
    if (node.start < end || pages.length === mostPages || !/<script/i.test(code)) continue;
    end = node.end;
    const html = ' '.repeat(script.offset + node.start) + htmlOf(node, code);
    pages.push({ name, isBundled: true, ...readHtml(folder, name, source, html) });
  }
  return pages;
}

/** A string, strings that are joined by `+`, or the lines in `[..].join()`. */
export function isText(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string';
    case 'TemplateLiteral':
      return true;
    case 'BinaryExpression':
      return node.operator === '+' && (isText(node.left) || isText(node.right));
    case 'ArrayExpression':
      return node.elements.length > 1 && node.elements.every((each) => each !== null && isText(each));
    default:
      return false;
  }
}

/** The text that the code makes, of the same length; `_` where only running the code would tell. */
export function htmlOf(text: AnyNode, code: string): string {
  let html = '';
  const fill = (until: number): void => {
    // Between two parts are quotes, operators, and what is not known.
    const between = code.slice(html.length, until - text.start);
    html += /^[\s"'`+,[\]()]*$/.test(between) ? ' '.repeat(between.length) : '_'.repeat(between.length);
  };
  const walk = (node: AnyNode): void => {
    if (node.type === 'Literal') {
      fill(node.start + 1);
      html += plain(code.slice(html.length, node.end - 1 - text.start));
      html += ' ';
    } else if (node.type === 'TemplateLiteral') {
      for (const quasi of node.quasis) {
        fill(quasi.start);
        html += plain(code.slice(html.length, quasi.end - text.start));
      }
      fill(node.end);
    } else if (node.type === 'BinaryExpression' && isText(node)) {
      walk(node.left);
      walk(node.right);
    } else if (node.type === 'ArrayExpression') {
      for (const each of node.elements) if (each !== null) walk(each);
    }
  };
  walk(text);
  return html;
}

/** Without escapes, of the same length: the blank is outside of the quotes. */
function plain(written: string): string {
  const open = new Set<string>();
  return written.replace(/\\([nrt"'`/$])/g, (_, escaped: string) => {
    if (escaped === 't') return '  ';
    if (/[nr]/.test(escaped)) return '\n ';
    if (open.delete(escaped)) return `${escaped} `;
    if (/["'`]/.test(escaped)) open.add(escaped);
    return ` ${escaped}`;
  });
}
