import path from 'node:path';
import { type PageFile, type Place, placeAt, readPageFiles } from '../../source/index.js';
import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import { type NodeAnswers, nodeAnswers, type PageAtUrl } from '../facts/sent-pages.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

/** Neither of another host, nor of the site's root, nor what a template or a script computes. */
const isRelative = (address: string): boolean => /^(?![a-z][a-z\d+.-]*:|[/\\#?])[^\s<>{}$[\]`]+$/i.test(address);

/** A script or style sheet with the URL at which a browser asks for it in vain. */
interface Lost {
  readonly file: Pick<PageFile, 'kind' | 'address'>;
  /** Relative to the app. */
  readonly url: string;
  readonly at: Place;
}

/** What a page loads; none where its addresses may be relative to something else than its URL. */
function filesOf({ folder, pages }: FileFacts, name: string): readonly (Pick<Lost, 'file'> & Pick<Lost, 'at'>)[] {
  const text = folder.read(name);
  if (text === undefined || /<base\b|\bbase\(|createElement\(\s*['"]base/i.test(text)) return [];
  if (/\.(pug|jade)$/i.test(name)) {
    const scripts = pages.find((page) => page.name === name)?.scripts ?? [];
    return scripts.map(({ src, at }) => ({ file: { kind: 'script', address: src }, at }));
  }
  const source = { file: path.join(folder.root, name), text };
  return readPageFiles(source).files.map((file) => ({ file, at: placeAt(source, file.offset) }));
}

/** A template is put into a layout, and takes parts of others: any of them may have the `<base>`. */
function templatesSetBase({ folder }: FileFacts, name: string): boolean {
  if (/\.html?$/i.test(name)) return false;
  return folder.files
    .filter((each) => path.posix.extname(each) === path.posix.extname(name))
    .some((each) => /<base\b|^\s*base\(/im.test(folder.read(each) ?? ''));
}

const urlFrom = (address: string, page: string): string => new URL(address, `http://localhost${page}`).pathname;

/** Do visitors get a file there: of socket.io, of node, or of IIS? */
function isThere(facts: FileFacts, node: NodeAnswers, url: string): boolean {
  const isClient = serverPaths(facts).some((server) => server.path !== undefined && isBelow(facts, url, server.path));
  const journey = facts.query.journey(url.slice(1));
  return isClient || node.servesFile(url) || journey?.outcome.kind === 'file';
}

/** An app in a virtual directory has its path in that of socket.io. */
function isBelow({ vdirPath }: FileFacts, url: string, folder: string): boolean {
  const at = vdirPath?.path ?? '/';
  const own = at !== '/' && folder.startsWith(`${at}/`) ? folder.slice(at.length) : folder;
  return url.toLowerCase().startsWith(`${own.toLowerCase()}/`);
}

function lostFiles(facts: FileFacts, node: NodeAnswers, page: PageAtUrl): readonly Lost[] {
  if (templatesSetBase(facts, page.name)) return [];
  return filesOf(facts, page.name).flatMap(({ file, at }) => {
    if (file.kind === 'image' || !isRelative(file.address)) return [];
    const url = urlFrom(file.address, page.url);
    const beside = urlFrom(file.address, '/');
    const isAsked = url !== beside && isNodes(facts, url);
    // A file that is nowhere is not lost by the depth alone.
    const isLost = isAsked && isThere(facts, node, beside) && !isThere(facts, node, url) && !node.answers(url);
    return isLost ? [{ file, url, at }] : [];
  });
}

const isNodes = ({ query }: FileFacts, url: string): boolean =>
  /^(iisnode|http-platform)$/.test(query.journey(url.slice(1))?.outcome.kind ?? '');

/** The server puts something else in place of the URL, or asks another server. */
const changesUrls = ({ server }: FileFacts): boolean =>
  [...server.modules].some((name) => /proxy|rewrite|history-api-fallback/.test(name)) ||
  server.scripts.some(({ source }) => /\b(?:req|request|ctx)\.(?:url|path)\s*=(?!=)/.test(source.text));

/** The page of a route with folders in its path, and addresses that are right only at the app's own URL. */
export const relativeUrlAtDepth = defineRule({
  code: 'RELATIVE_URL_AT_DEPTH',
  severity: 'error',
  // Not what a page at the app's own URL does not get: `(/:3)`, `(/dante/:3)`.
  explains: [
    { finding: 'PAGE_FILE_MISSING', saying: /\(\/[^\s()]+\/[^\s()/]+:\d+\)/ },
    { finding: 'CLIENT_SCRIPT_FAILED', saying: /\/[^\s/]+\/socket\.io\// },
  ],
  title: 'A page below a folder of the URL loads its scripts relative to itself',
  why: 'A browser takes js/app.js from the folder of the URL: at /rooms/7 it asks for /rooms/js/app.js, which nothing serves.',
  help: `A page that is sent for /rooms/:id has the URL /rooms/7, and its relative addresses lead below /rooms. The same page is right at /, or
at /rooms, which is why it works for some URLs only. Go up for each folder: ../js/app.js. A page that is sent at several depths needs the
app's own path instead, at the top of its head: <base href="/">, or <base href="/dante/"> in the virtual directory /dante. Only scripts and style
sheets are reported that the server has at the app's own URL; what a bundler builds gets its addresses from the bundler's option: base of
Vite, homepage of Create React App.`,
  check(facts) {
    if (hostedElsewhere(facts) || changesUrls(facts)) return [];
    const node = nodeAnswers(facts);
    const seen = new Set<string>();
    return (node?.pages ?? []).flatMap((page) => {
      if (!node || seen.has(page.name) || !isNodes(facts, page.url)) return [];
      const finding = findingOf(facts, page, node.pages, lostFiles(facts, node, page));
      if (finding) seen.add(page.name);
      return finding ?? [];
    });
  },
});

function findingOf(
  facts: FileFacts,
  page: PageAtUrl,
  pages: readonly PageAtUrl[],
  lost: readonly Lost[],
): RuleFinding | undefined {
  const shown = lost.find(({ file }) => file.kind === 'script') ?? lost[0];
  if (shown === undefined) return undefined;
  const { file, url, at } = shown;
  const others = lost.length > 1 ? ` (and ${lost.length - 1} more)` : '';
  const prefix = facts.vdirPath === undefined || facts.vdirPath.path === '/' ? '' : facts.vdirPath.path;
  return {
    message: `${page.name} is sent for ${page.route}, where a browser asks for ${file.address} at ${prefix}${url}${others}.`,
    fix: fixOf(file, page, pages, prefix),
    at,
    ...(file.kind === 'style' && { severity: 'warning' as const, why: 'The page is shown without its style sheets.' }),
  };
}

/** The same number of folders up is right only where all URLs of the page have as many. */
function fixOf({ kind, address }: Lost['file'], page: PageAtUrl, pages: readonly PageAtUrl[], prefix: string): string {
  const foldersOf = ({ url }: PageAtUrl): number => url.split('/').length - 2;
  const isOfOneDepth = pages.every((each) => each.name !== page.name || foldersOf(each) === foldersOf(page));
  if (!isOfOneDepth) return `<base href="${prefix}/">`;
  const right = '../'.repeat(foldersOf(page)) + address.replace(/^(?:\.\/)+/, '');
  return kind === 'script' ? `<script src="${right}">` : `<link href="${right}">`;
}
