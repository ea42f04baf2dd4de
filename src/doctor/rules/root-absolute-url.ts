import path from 'node:path';
import { type RootUrl, readPageLinks, readStyleLinks } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { relativePathToApp } from '../facts/page-url.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { ByLoader, FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** socket.io's own scripts in a page's tags are another rule's. */
const isSocketIo = (url: string): boolean => /^\/socket\.io(\/|$)/.test(url);

const ofPages: ByLoader = { says: 'has pages with URLs that start at the root of the site', by: 'rewritePages' };

/** In a page's own script, which the loader sees; not in a file that the page loads. */
const isInPage = ({ server }: FileFacts, { at: { file } }: RootUrl): boolean =>
  /\.(html?|ejs|eta|hbs|handlebars|mustache|njk|liquid|pug|jade)$/i.test(file) ||
  server.scripts.some(({ source }) => source.file === file);

/** In a virtual directory pages and redirects lead to the site's root. */
export const rootAbsoluteUrl = defineRule({
  code: 'ROOT_ABSOLUTE_URL',
  severity: 'error',
  explains: [{ finding: 'PAGE_FAILED', saying: /\b(30\d|40[34])\b/ }, 'PAGE_FILE_MISSING', 'CLIENT_SCRIPT_FAILED'],
  title: 'A URL starts at the root of the site, and the app is in a virtual directory',
  why: 'A browser takes a URL with a slash in front from the root of the site, where another application answers, mostly with 404.',
  help: `The page of an app at /dante is at /dante/, and a URL that starts with a slash leaves it: src="/app.js", fetch('/save'),
redirect('/new'). Write them relative to the page (app.js, save), or with the vdir path in front: process.env.virtualDirPath on the
server. A WebSocket takes a whole URL only in older browsers: new URL('feed', document.baseURI), with its protocol set to ws: or wss:. With the loader (${iisnodeSock} init . --path /dante) redirects, src, href and action in pages, their import maps, and imports in their module scripts work as they are; what a
script of a page requests, and url(/x) in a style sheet, the loader cannot change. An app on a site of its own needs none of this:
${iisnodeSock} init . --path /.`,
  check(facts) {
    const vdirPath = facts.vdirPath?.path ?? '/';
    if (vdirPath === '/' || hostedElsewhere(facts)) return [];
    const { scripts } = facts.server;
    const requests = facts.pages.flatMap(({ requests: all }) => all);
    const imports = requests.filter((each) => each.isImport === true && !each.isMapped && isInPage(facts, each));
    const mapped = requests.filter(({ isMapped }) => isMapped);
    const all: readonly (readonly [readonly RootUrl[], string, ByLoader | undefined])[] = [
      [
        [...readPageLinks(facts.folder), ...scripts.flatMap(({ rootUrls }) => rootUrls.links)].filter(
          ({ url }) => !isSocketIo(url),
        ),
        'A page links to',
        ofPages,
      ],
      [
        scripts.flatMap(({ rootUrls }) => rootUrls.redirects),
        'The server redirects to',
        { says: 'redirects to the root of the site', by: 'stripVdirPath' },
      ],
      [imports, 'The client imports', ofPages],
      [mapped, 'An import map leads to', ofPages],
      [requests.filter((each) => !imports.includes(each) && !each.isMapped), 'The client requests', undefined],
      [readStyleLinks(facts.folder), 'A style sheet loads', undefined],
    ];
    return all.flatMap(([urls, does, loader]) => findingsFor(facts, vdirPath, urls, does, loader));
  },
});

function findingsFor(
  facts: FileFacts,
  vdirPath: string,
  urls: readonly RootUrl[],
  does: string,
  loader: ByLoader | undefined,
): RuleFinding[] {
  if (facts.entries.length === 0) return [];
  const isInside = (url: string): boolean => url === vdirPath || url.startsWith(`${vdirPath}/`);
  return urls
    .filter(({ url }) => !isInside(url))
    .map((found) => ({
      message: `${does} ${found.url}, at the root of the site; the app is at ${vdirPath}.`,
      fix: fixOf(facts, found),
      at: found.at,
      ...(loader && { loader }),
    }));
}

function fixOf(facts: FileFacts, { url, at, isImport, isSocket }: RootUrl): string {
  if (isImport) return importFrom(facts, at.file, url);
  const relative = url === '/' ? './' : url.slice(1);
  // Older browsers take only a whole URL with the scheme ws: for a WebSocket.
  return isSocket
    ? `Object.assign(new URL('${relative}', document.baseURI), { protocol: location.protocol.replace('http', 'ws') })`
    : relative;
}

/** An import is relative to the script that it is in. */
function importFrom(facts: FileFacts, file: string, url: string): string {
  const name = path.relative(facts.folder.root, file).replaceAll(path.sep, '/');
  return `./${relativePathToApp(facts, { name, isBundled: false }) ?? ''}${url.slice(1)}`.replace(/^\.\/\.\.\//, '../');
}
