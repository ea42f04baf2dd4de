import path from 'node:path';
import { remembered } from '../remembered.js';
import { upTo } from '../trimmed.js';
import { appScript } from './app-script.js';
import { compiledFrom } from './compiled-from.js';
import { contextOf, type ScriptContext } from './context.js';
import type { AppFolder } from './folder.js';
import { readPageScripts } from './html.js';
import { type ImportMap, readImportMap, withImportMap } from './import-map.js';
import { importedValue } from './imported-value.js';
import { type MetaPolicy, readMetaPolicies } from './meta-policies.js';
import { globalsOf } from './page-globals.js';
import { parsePageScript } from './page-script.js';
import { mapsInPug, readPugScripts } from './pug.js';
import { resolveOwn } from './resolve.js';
import { readRootRequests } from './root-requests.js';
import { isRootUrl, type RootUrl } from './root-urls.js';
import { readSocketClients, type SocketClient } from './socket-client.js';
import { type Place, placeAt, type TextFile } from './text-file.js';
import type { Value } from './values.js';

/** `<script src="..">` */
interface PageLink {
  readonly src: string;
  readonly at: Place;
  /** The address in the file. */
  readonly span: { readonly start: number; readonly end: number };
}

/** A page with the connections of its scripts. */
export interface PageFacts {
  /** Relative path, forward slashes. */
  readonly name: string;
  /** Not a file of its own: a script that a bundler adds to a page, or a page in a server's string. Its URL is unknown. */
  readonly isBundled: boolean;
  readonly scripts: readonly PageLink[];
  /** What the page itself lets its scripts do. */
  readonly policies: readonly MetaPolicy[];
  /** Connections its inline and local scripts open. */
  readonly clients: readonly SocketClient[];
  /** What those scripts ask the site's root for. */
  readonly requests: readonly RootUrl[];
  /** The files of those scripts, relative, forward slashes. */
  readonly files: readonly string[];
}

const page = /\.(html?|ejs|eta|hbs|handlebars|mustache|njk|liquid|pug|jade|vue|svelte|astro)$/i;
const pug = /\.(pug|jade)$/i;
const mostPages = 200;
const publicFolders = ['', 'public/', 'static/', 'www/', 'client/', 'dist/'];

/** The local file of a script's src; undefined for other hosts, for socket.io's own client and for missing files. */
function localFile(folder: AppFolder, from: string, src: string): string | undefined {
  if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(src) || src.includes('socket.io/')) return undefined;
  const address = upTo(src, '?#');
  const relative = address.startsWith('/') ? address.slice(1) : path.posix.join(path.posix.dirname(from), address);
  for (const base of publicFolders) {
    const found = folder.spelling(base + relative);
    if (found) return found;
  }
  return undefined;
}

/** What a page's own scripts mean by the name of a module. */
interface PageModules {
  readonly map: ImportMap;
  /** The file of the app for a name of the map. */
  fileOf(specifier: string): string | undefined;
  /** What they take from globals of the page. */
  readonly globals: ReturnType<typeof globalsOf>;
}

/** A script of a page that knows what other scripts and files give it. */
function withOthers(
  folder: AppFolder,
  name: string,
  context: ScriptContext,
  { map, globals }: PageModules,
): ScriptContext {
  const mapped = withImportMap(context, map);
  return {
    ...mapped,
    imported: (node) => importedValue(folder, name, context, node) ?? globals(context, node),
    chunk: (specifier) => {
      const file = resolveOwn(folder, name, specifier);
      return file === undefined ? undefined : chunkAt(folder, file);
    },
  };
}

/** Many scripts import the same one. */
const chunksOf = remembered((_folder: AppFolder) => new Map<string, ScriptContext | undefined>());

function chunkAt(folder: AppFolder, file: string): ScriptContext | undefined {
  const known = chunksOf(folder);
  if (!known.has(file)) known.set(file, scriptsOf(folder, file)[0]);
  return known.get(file);
}

function readLinked(
  folder: AppFolder,
  names: readonly string[],
  modules: PageModules,
): Pick<PageFacts, 'clients' | 'requests' | 'files'> {
  const seen = new Set(names);
  const clients: SocketClient[] = [];
  const requests: RootUrl[] = [];
  for (const name of seen) {
    if (seen.size > mostPages) continue;
    const read = scriptsOf(folder, name);
    const sources = sourcesBehind(folder, name, read);
    for (const source of sources) seen.add(source);
    for (const context of sources.length > 0 ? [] : read) {
      for (const client of readSocketClients(withOthers(folder, name, context, modules))) clients.push(client);
      for (const request of readRootRequests(context)) requests.push(request);
      for (const { specifier } of context.modules) {
        const next = modules.fileOf(specifier) ?? resolveOwn(folder, name, specifier);
        if (next) seen.add(next); // iterating over a set includes items that are added meanwhile
      }
    }
  }
  return { clients, requests, files: [...seen] };
}

/** The TypeScript source of a page's script, when it opens the same connections. */
function sourcesBehind(folder: AppFolder, name: string, product: readonly ScriptContext[]): readonly string[] {
  const { names, isMapped } = compiledFrom(folder, name);
  if (isMapped) return names;
  const count = (contexts: readonly ScriptContext[]): number => contexts.flatMap(readSocketClients).length;
  const opened = names.length > 0 ? count(product) : 0;
  return names.filter((source) => count(scriptsOf(folder, source)) === opened);
}

/** A script's own code, or that of a component's script elements. */
function scriptsOf(folder: AppFolder, name: string): readonly ScriptContext[] {
  if (!page.test(name)) {
    const script = appScript(folder, name, true);
    return (script && [contextOf(script) ?? []].flat()) ?? [];
  }
  const source = { file: path.join(folder.root, name), text: folder.read(name) ?? '' };
  return readPageScripts(source)
    .filter(({ src }) => src === undefined)
    .flatMap(({ code, offset, language }) => contextOf(parsePageScript(source, code, offset, language)) ?? []);
}

function readPage(folder: AppFolder, name: string): PageFacts {
  const source = { file: path.join(folder.root, name), text: folder.read(name) ?? '' };
  return { name, isBundled: false, ...readHtml(folder, name, source) };
}

/**
 * The scripts of a page, and what they open.
 *
 * @param html The page's text, with the offsets of the file that it is in.
 */
export function readHtml(
  folder: AppFolder,
  name: string,
  source: TextFile,
  html = source.text,
): Omit<PageFacts, 'name' | 'isBundled'> {
  const text = { ...source, text: html };
  const scripts = pug.test(name) ? readPugScripts(text) : readPageScripts(text);
  const map = readImportMap(html, pug.test(name) ? mapsInPug : undefined);
  const fileOf = (specifier: string): string | undefined => {
    const url = map.resolve(specifier);
    return url === undefined ? undefined : localFile(folder, name, url);
  };
  const globals = globalsOf(() =>
    scripts.flatMap(({ src, code, offset, language }) => {
      const file = src === undefined ? undefined : localFile(folder, name, src);
      if (file !== undefined) return scriptsOf(folder, file);
      return src === undefined ? (contextOf(parsePageScript(source, code, offset, language)) ?? []) : [];
    }),
  );
  const modules: PageModules = { map, fileOf, globals };
  const linked: string[] = [];
  const clients: SocketClient[] = [];
  const requests = mappedToRoot(source, map);
  for (const script of scripts) {
    if (script.src !== undefined) {
      const file = localFile(folder, name, script.src);
      if (file) linked.push(file);
      continue;
    }
    const context = contextOf(parsePageScript(source, script.code, script.offset, script.language));
    if (!context) continue;
    for (const client of readSocketClients(withOthers(folder, name, context, modules)))
      clients.push(asWritten(client, source, context));
    for (const request of readRootRequests(context)) requests.push(request);
    for (const { specifier } of context.modules) {
      const file = fileOf(specifier) ?? resolveOwn(folder, name, specifier);
      if (file) linked.push(file);
    }
  }
  const behind = readLinked(folder, linked, modules);
  return {
    scripts: scripts.flatMap(({ src, offset }) =>
      src === undefined
        ? []
        : [{ src, at: placeAt(source, offset), span: { start: offset, end: offset + src.length } }],
    ),
    policies: readMetaPolicies(text),
    clients: [...clients, ...behind.clients],
    requests: [...requests, ...behind.requests],
    files: behind.files,
  };
}

/** What an import map asks the site's root for. */
const mappedToRoot = (source: TextFile, { names, scoped }: ImportMap): RootUrl[] =>
  [...names, ...scoped]
    .filter(({ url }) => isRootUrl(url))
    .map(({ url, offset }) => ({ url, at: placeAt(source, offset), isImport: true, isMapped: true }));

/** In a page that stands in code, a value is unknown where a part of its text stands for what only running that code would tell. */
function asWritten(
  client: SocketClient,
  { text }: TextFile,
  { script: { code, offset } }: ScriptContext,
): SocketClient {
  const read = (value: Value): Value => {
    if (value.kind !== 'literal' || !/_{4}/.test(String(value.value))) return value;
    const { start, end } = value.node;
    return text.startsWith(code.slice(start, end), offset + start) ? value : { kind: 'unknown' };
  };
  const { url, options } = client;
  const { path: given } = options;
  return {
    ...client,
    url: url && { ...url, value: read(url.value) },
    options: { ...options, path: given && { ...given, value: read(given.value) } },
  };
}

/** Reads the app's pages. A script linked by two pages is reported once. */
export function readPages(folder: AppFolder): PageFacts[] {
  const seen = new Set<string>();
  return folder.files
    .filter((file) => page.test(file))
    .slice(0, mostPages)
    .map((name) => {
      const read = readPage(folder, name);
      const isNew = ({ at }: { readonly at: Place }): boolean => {
        const key = `${at.file}:${at.line}:${at.column}`;
        return !seen.has(key) && seen.add(key).size > 0;
      };
      return { ...read, clients: read.clients.filter(isNew), requests: read.requests.filter(isNew) };
    });
}
