import {
  type CompiledRewrite,
  compileRewrite,
  handshakeHeaders,
  type RewriteConfig,
  type RewriteMap,
  type RewriteRule,
  type RewriteSite,
  requestFor,
  rewrite,
} from '../rewrite/index.js';
import { attribute, findElements, type XmlDocument } from '../xml/index.js';
import { type WrittenRule, writtenRules } from './rewrite-rules.js';
import { sectionsAt } from './sections.js';

/** Where a web.config's own rules send requests, according to the URL Rewrite engine. */
export interface Routes {
  readonly rules: readonly WrittenRule[];
  /** The final path of a request below the web.config's folder; undefined when a rule answers it itself. */
  target(relativeUrl: string): string | undefined;
  /** The same with only one rule. */
  targetBy(rule: RewriteRule, relativeUrl: string): string | undefined;
}

/** The requests of socket.io's client, below the web.config's folder. */
export const socketIoUrls = [
  'socket.io/?EIO=4&transport=polling',
  'socket.io/?EIO=4&transport=websocket',
  'socket.io/socket.io.js',
] as const;

/** What an imprecise pattern for socket.io also matches. */
export const bystanderUrls = [
  'about/socket.io/',
  'my-socket.io/',
  'my-socket.io.js',
  'socket-io/',
  'socketxio/',
  'socket.iox/',
  'socket.io-notes.html',
  'node_modules/socket.io/package.json',
] as const;

/** A rule intended for socket.io, and not for a script of that name. */
export function meansSocketIo({ match, conditions }: RewriteRule): boolean {
  const patterns = [match?.url, ...conditions.map(({ pattern }) => pattern)];
  return patterns.some((text) => /socket\\*\.io(?![\w.\\-]*\.[cm]?js)/i.test(text ?? ''));
}

/** Is there a file at this path below the web.config's folder? Forward slashes. */
type IsFile = (relative: string) => boolean;

/**
 * Reads the rules of a web.config at a vdir path ('/' or '/dante').
 *
 * @param isFile Without it no file exists, which is correct for socket.io's URLs.
 */
export function routesOf(document: XmlDocument, vdirPath: string, isFile: IsFile = () => false): Routes {
  const base = vdirPath === '/' ? '' : vdirPath;
  const rules = writtenRules(document, base);
  const maps = rewriteMaps(document);
  const alone = new Map(rules.map(({ rule }) => [rule, compile([rule], maps)]));
  // One invalid rule makes IIS refuse all rules: what the others would do is still useful to know.
  const usable = [...alone].filter(([, { problems }]) => problems.length === 0).map(([rule]) => rule);
  const all = compile(usable, maps);
  return {
    rules,
    target: (relativeUrl) => targetOf(all, siteAt(base, isFile), relativeUrl),
    targetBy: (rule, relativeUrl) =>
      targetOf(alone.get(rule) ?? compile([rule], maps), siteAt(base, isFile), relativeUrl),
  };
}

function compile(rules: readonly RewriteRule[], maps: readonly RewriteMap[]): CompiledRewrite {
  const config: RewriteConfig = { globalRules: [], rules, maps, allowedServerVariables: [] };
  return compileRewrite(config);
}

function rewriteMaps(document: XmlDocument): readonly RewriteMap[] {
  return sectionsAt(document, 'system.webServer/rewrite/rewriteMaps/rewriteMap').map((map) => ({
    name: attribute(map, 'name') ?? '',
    defaultValue: attribute(map, 'defaultValue') ?? '',
    ignoreCase: attribute(map, 'ignoreCase') !== 'false',
    entries: new Map(
      findElements(map, 'add').map((add) => [attribute(add, 'key') ?? '', attribute(add, 'value') ?? '']),
    ),
  }));
}

/** A redirect to https (or from it) is intended: the request is then made with that scheme. */
function targetOf(rules: CompiledRewrite, site: RewriteSite, relativeUrl: string): string | undefined {
  const base = site.applicationPath === '/' ? '' : site.applicationPath;
  for (const scheme of ['https', 'http'] as const) {
    const headers = relativeUrl.includes('transport=websocket') ? handshakeHeaders : {};
    const request = requestFor({ url: `${base}/${relativeUrl}`, scheme, headers });
    const { outcome, path } = rewrite(request, rules, site);
    if (outcome.kind !== 'pass' && outcome.kind !== 'rewrite') continue;
    return path.toLowerCase().startsWith(`${base}/`.toLowerCase()) ? path.slice(base.length + 1) : path;
  }
  return undefined;
}

/** Only the app's own folder is known to exist. */
function siteAt(base: string, isFile: IsFile): RewriteSite {
  const root = 'C:\\site\\';
  const map = (path: string): string => root + path.replace(/^\//, '').replaceAll('/', '\\');
  const home = map(`${base}/`).replace(/\\+$/, '').toLowerCase();
  return {
    siteName: 'Default Web Site',
    siteId: 1,
    poolName: 'DefaultAppPool',
    applicationPath: base || '/',
    applicationPhysicalPath: map(`${base}/`),
    sitePhysicalPath: root,
    mapPath: map,
    isFile: (path) =>
      path.toLowerCase().startsWith(`${home}\\`) && isFile(path.slice(home.length + 1).replaceAll('\\', '/')),
    isDirectory: (path) => path.replace(/\\+$/, '').toLowerCase() === home,
  };
}
