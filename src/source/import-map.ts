import type { ScriptContext } from './context.js';
import { attributeOf, endOfTag, endTagAt, withoutComments } from './html.js';
import { membersInJson } from './json-place.js';
import { clientModule } from './socket-client.js';

/** A name of a page's import map: `"socket.io-client": "/socket.io/socket.io.esm.min.js"`. */
interface MappedName {
  /** With a slash at the end it stands for all names that begin with it. */
  readonly name: string;
  readonly url: string;
  /** Where the URL stands in the page. */
  readonly offset: number;
}

/** What `<script type="importmap">` of a page says of the names that its modules import. */
export interface ImportMap {
  readonly names: readonly MappedName[];
  /** What the map has for scripts of some folders alone. */
  readonly scoped: readonly MappedName[];
  /** The URL for a name, as the map has it; undefined where the map does not have the name. */
  resolve(specifier: string): string | undefined;
}

/** The text of an import map, and where it stands in the page. */
interface MapText {
  readonly text: string;
  readonly offset: number;
}

/**
 * The import map of a page, where names are resolved without its scopes. Never throws: a map that is no JSON has no names, as in a
 * browser.
 *
 * @param texts Finds the maps in the page; by default those of HTML.
 */
export function readImportMap(page: string, texts: (page: string) => readonly MapText[] = mapsInHtml): ImportMap {
  const all = /importmap/i.test(page) ? texts(page) : [];
  const names = all.flatMap((each) => namesIn(each, ['imports']));
  const scopes = all.flatMap((each) => scopesOf(each.text).map((scope) => ({ ...each, scope })));
  const urls = new Map(names.map(({ name, url }) => [name, url])); // of two that are the same the last
  return {
    names,
    scoped: scopes.flatMap(({ scope, ...each }) => namesIn(each, ['scopes', scope])),
    resolve: (specifier) => resolved(urls, specifier),
  };
}

const scopesOf = (text: string): readonly string[] =>
  isJson(text) ? [...new Set(membersInJson(text, ['scopes']).map(({ key }) => String(key)))] : [];

function mapsInHtml(page: string): readonly MapText[] {
  const html = withoutComments(page);
  const opening = /<script(?=[\s>/])/gi;
  const maps: MapText[] = [];
  for (let found = opening.exec(html); found; found = opening.exec(html)) {
    const start = endOfTag(html, opening.lastIndex);
    if (start === undefined) break;
    const end = endTagAt(html, 'script', start) ?? html.length;
    opening.lastIndex = end;
    const type = attributeOf(html.slice(found.index, start), 'type')?.value.trim().toLowerCase();
    if (type !== 'importmap') continue;
    maps.push({ text: page.slice(start, end), offset: start });
  }
  return maps;
}

function namesIn({ text, offset }: MapText, place: readonly string[]): readonly MappedName[] {
  if (!isJson(text)) return [];
  return membersInJson(text, place).flatMap(({ key, value }) =>
    value.type === 'Literal' && typeof value.value === 'string'
      ? [{ name: String(key), url: value.value, offset: offset + value.start + 1 }]
      : [],
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The name itself, else the longest beginning. */
function resolved(urls: ReadonlyMap<string, string>, specifier: string): string | undefined {
  const whole = urls.get(specifier);
  if (whole !== undefined) return whole;
  for (let end = specifier.lastIndexOf('/'); end >= 0; end = end === 0 ? -1 : specifier.lastIndexOf('/', end - 1)) {
    const url = urls.get(specifier.slice(0, end + 1));
    if (url !== undefined) return url + specifier.slice(end + 1);
  }
  return undefined;
}

/**
 * A script's context with the URLs of the map in place of names: of a name that is the client of socket.io only where its URL shows
 * that, too.
 */
export function withImportMap(context: ScriptContext, map: ImportMap): ScriptContext {
  if (map.names.length === 0) return context;
  return {
    ...context,
    moduleOf: (node) => {
      const from = context.moduleOf(node);
      const [specifier = '', ...rest] = from?.split('#') ?? [];
      const url = map.resolve(specifier);
      if (url === undefined || (clientModule.test(specifier) && !clientModule.test(url))) return from;
      return [url, ...rest].join('#');
    },
  };
}
