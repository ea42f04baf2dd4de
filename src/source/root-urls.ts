import path from 'node:path';
import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { withoutComments } from './html.js';
import { isOfPage, jsxAttribute, jsxTags } from './jsx.js';
import { propertyName } from './properties.js';
import { type Place, placeAt, type TextFile } from './text-file.js';
import { readValue } from './values.js';

/** A URL that starts at the site's root: '/save'. */
export interface RootUrl {
  readonly url: string;
  readonly at: Place;
  /** `import '/x.js'`, which is relative to its script. */
  readonly isImport?: true;
  /** Of an import map, which is relative to its page. */
  readonly isMapped?: true;
  /** Of a WebSocket, whose URL is not relative to the page in older browsers. */
  readonly isSocket?: true;
}

/** `/x`, and neither `//host/x` nor what a template computes. */
export const isRootUrl = (text: string): boolean => /^\/(?![/\\])[^\s<{]*$/.test(text);

/** `response.redirect('/new')`, `redirect(303, '/new')` */
export function readRedirects(context: ScriptContext): RootUrl[] {
  return context.tree.ofType('CallExpression').flatMap((node) => {
    if (propertyName(node.callee) !== 'redirect') return [];
    const values = node.arguments.slice(0, 2).map((each) => readValue(each, context.bindings));
    const url = values.flatMap((value) => (value.kind === 'literal' ? [String(value.value)] : [])).find(isRootUrl);
    return url === undefined ? [] : [{ url, at: context.place(node.start) }];
  });
}

/** Root-absolute src, href and action, of tags in a page and in templates of Pug. */
function readRootLinks(source: TextFile): RootUrl[] {
  const text = withoutComments(source.text);
  return [...text.matchAll(/(?:^|[\s(,"'])(?:src|href|action)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gim)].flatMap(
    (found) => {
      const url = (found[1] ?? found[2] ?? found[3] ?? '').trim();
      if (!isRootUrl(url)) return [];
      return [{ url, at: placeAt(source, found.index + found[0].lastIndexOf(url)) }];
    },
  );
}

/** The same of the tags in a script's strings: `response.send('<script src="/app.js"></script>')`. */
export function readRootLinksInStrings(context: ScriptContext): RootUrl[] {
  const { code, offset, source } = context.script;
  if (!code.includes('<')) return [];
  return context.tree.ofType('TemplateElement', 'Literal').flatMap((node) => {
    const isText = node.type === 'TemplateElement' || (node.type === 'Literal' && typeof node.value === 'string');
    const text = isText ? code.slice(node.start, node.end) : '';
    if (!text.includes('<')) return [];
    return readRootLinks({ file: source.file, text }).map(({ url }) => ({
      url,
      at: placeAt(source, offset + Math.max(code.indexOf(url, node.start), node.start)),
    }));
  });
}

/** The same of the tags in a script's JSX: `<script src="/app.js" />`. */
export function readRootLinksInJsx(context: ScriptContext): RootUrl[] {
  const { code } = context.script;
  return jsxTags(context).flatMap((tag) =>
    ['src', 'href', 'action'].flatMap((name) => {
      const value = isOfPage(tag) ? jsxAttribute(tag, name) : undefined;
      const [, before = '', url = ''] =
        /^(\{?\s*["'`])([^"'`]*)["'`]/.exec(value ? code.slice(value.start, value.end) : '') ?? [];
      if (value === undefined || !isRootUrl(url)) return [];
      return [{ url, at: context.place(value.start + before.length) }];
    }),
  );
}

const template = /\.(html?|ejs|hbs|handlebars|pug|jade|njk|liquid|mustache)$/i;
const style = /\.css$/i;
const mostFiles = 200;

/** Links in the app's pages and templates. */
export const readPageLinks = (folder: AppFolder): RootUrl[] =>
  linksIn(folder, template, readRootLinks, (name) => isBuiltByVite(folder, name));

/** Vite puts its base in front of the URLs of such a page, as it writes the page that is served. */
function isBuiltByVite(folder: AppFolder, name: string): boolean {
  const at = path.posix.dirname(name);
  const config = ['js', 'ts', 'mjs', 'mts', 'cjs', 'cts']
    .map((ending) => path.posix.join(at, `vite.config.${ending}`))
    .find((each) => folder.isFile(each));
  if (config === undefined) return false;
  return (
    folder.isFile(path.posix.join(at, 'dist', path.posix.basename(name))) ||
    /\bbase\s*:/.test(folder.read(config) ?? '')
  );
}

/** `url(/x)` in style sheets, for browsers ask the site's root for them, too. */
export const readStyleLinks = (folder: AppFolder): RootUrl[] =>
  linksIn(folder, style, (source) =>
    [...source.text.matchAll(/\burl\(\s*["']?(\/[^"')\s]*)/g)].flatMap((found) =>
      isRootUrl(found[1] ?? '')
        ? [{ url: found[1] ?? '', at: placeAt(source, found.index + found[0].lastIndexOf('/')) }]
        : [],
    ),
  );

function linksIn(
  folder: AppFolder,
  pattern: RegExp,
  read: (source: TextFile) => RootUrl[],
  isLeftOut: (name: string) => boolean = () => false,
): RootUrl[] {
  const names = folder.files.filter((name) => pattern.test(name) && !isLeftOut(name)).slice(0, mostFiles);
  return names.flatMap((name) => {
    const text = folder.read(name);
    return text === undefined ? [] : read({ file: path.join(folder.root, name), text });
  });
}
