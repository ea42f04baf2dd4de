import path from 'node:path';
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { propertyName } from './properties.js';
import { type Place, placeAt, type TextFile } from './text-file.js';
import { readValue } from './values.js';

/** A URL that starts at the site's root: '/save'. */
export interface RootUrl {
  readonly url: string;
  readonly at: Place;
}

/** `/x`, and neither `//host/x` nor what a template computes. */
const isRootUrl = (text: string): boolean => /^\/(?![/\\])[^\s<{]*$/.test(text);

const requesters = /^(fetch|importScripts)$/;
/** `axios.get('/x')`, `$.post('/x')`, `http.get('/x')` of Angular, `navigator.sendBeacon('/x')`, `location.assign('/x')` */
const methods: readonly (readonly [owner: RegExp, method: RegExp])[] = [
  [/^(window|globalThis|self)$/, /^fetch$/],
  [
    /^(axios|\$|jQuery|ky|http|api|superagent|request)$/,
    /^(get|post|put|patch|delete|head|request|ajax|getJSON|load)$/,
  ],
  [/^navigator$/, /^sendBeacon$/],
  [/location$/, /^(assign|replace)$/],
];
const makers = /^(EventSource|Worker|SharedWorker|Request|WebSocket|Audio)$/;

/** What a script of a page asks the site's root for. */
export function readRootRequests(context: ScriptContext): RootUrl[] {
  return context.tree.nodes.flatMap((node) => {
    const asked = requestIn(node);
    const value = asked && readValue(asked, context.bindings);
    const url = value?.kind === 'literal' ? String(value.value) : '';
    return isRootUrl(url) ? [{ url, at: context.place(node.start) }] : [];
  });
}

/** The expression that is the URL of a request, if `node` makes one. */
function requestIn(node: AnyNode): AnyNode | undefined {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression':
      return urlOf(node);
    case 'AssignmentExpression': {
      // `location = '/x'`, `location.href = '/x'`, `image.src = '/x'`
      const name = node.left.type === 'Identifier' ? node.left.name : (propertyName(node.left) ?? '');
      const owner = node.left.type === 'MemberExpression' ? nameOf(node.left.object) : '';
      const isUrl = /^(location|src|action)$/.test(name) || (name === 'href' && /location$/.test(owner));
      return isUrl ? node.right : undefined;
    }
    default:
      return undefined;
  }
}

function urlOf({ type, callee, arguments: given }: CallExpression | NewExpression): AnyNode | undefined {
  const [first, second] = given;
  if (type === 'NewExpression') return makers.test(nameOf(callee)) ? first : undefined;
  if (callee.type === 'Identifier') return requesters.test(callee.name) ? first : undefined;
  const method = propertyName(callee) ?? '';
  const owner = callee.type === 'MemberExpression' ? nameOf(callee.object) : '';
  // `xhr.open('POST', '/x')`
  if (method === 'open' && given.length > 1) return owner === 'window' ? first : second;
  return methods.some(([owners, names]) => owners.test(owner) && names.test(method)) ? first : undefined;
}

const nameOf = (node: AnyNode): string => (node.type === 'Identifier' ? node.name : (propertyName(node) ?? ''));

/** `response.redirect('/new')`, `redirect(303, '/new')` */
export function readRedirects(context: ScriptContext): RootUrl[] {
  return context.tree.nodes.flatMap((node) => {
    if (node.type !== 'CallExpression' || propertyName(node.callee) !== 'redirect') return [];
    const values = node.arguments.slice(0, 2).map((each) => readValue(each, context.bindings));
    const url = values.flatMap((value) => (value.kind === 'literal' ? [String(value.value)] : [])).find(isRootUrl);
    return url === undefined ? [] : [{ url, at: context.place(node.start) }];
  });
}

/** Root-absolute src, href and action, of tags in a page and in templates of Pug. */
function readRootLinks(source: TextFile): RootUrl[] {
  const text = source.text.replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\r\n]/g, ' '));
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
  return context.tree.nodes.flatMap((node) => {
    const isText = node.type === 'TemplateElement' || (node.type === 'Literal' && typeof node.value === 'string');
    if (!isText || !code.slice(node.start, node.end).includes('<')) return [];
    const text = ' '.repeat(node.start) + code.slice(node.start, node.end);
    return readRootLinks({ file: source.file, text }).map(({ url }) => ({
      url,
      at: placeAt(source, offset + Math.max(code.indexOf(url, node.start), node.start)),
    }));
  });
}

const template = /\.(html?|ejs|hbs|handlebars|pug|jade|njk|liquid|mustache)$/i;
const style = /\.css$/i;
const mostFiles = 200;

/** Links in the app's pages and templates. */
export const readPageLinks = (folder: AppFolder): RootUrl[] => linksIn(folder, template, readRootLinks);

/** `url(/x)` in style sheets, for browsers ask the site's root for them, too. */
export const readStyleLinks = (folder: AppFolder): RootUrl[] =>
  linksIn(folder, style, (source) =>
    [...source.text.matchAll(/\burl\(\s*["']?(\/[^"')\s]*)/g)].flatMap((found) =>
      isRootUrl(found[1] ?? '')
        ? [{ url: found[1] ?? '', at: placeAt(source, found.index + found[0].lastIndexOf('/')) }]
        : [],
    ),
  );

function linksIn(folder: AppFolder, pattern: RegExp, read: (source: TextFile) => RootUrl[]): RootUrl[] {
  const names = folder.files.filter((name) => pattern.test(name)).slice(0, mostFiles);
  return names.flatMap((name) => {
    const text = folder.read(name);
    return text === undefined ? [] : read({ file: path.join(folder.root, name), text });
  });
}
