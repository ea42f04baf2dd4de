import type { RewriteRule } from '../rewrite/index.js';

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

/**
 * Is the rule intended for socket.io's requests, and not for a script of that name? Its pattern tells, or that of a condition on the
 * URL; a negated one, a negative lookahead, its name and its comments do not. Whether it matches is another question.
 *
 * @param folder The folder part of socket.io's URLs below the app: 'socket.io', or the app's own.
 */
export function meansSocketIo(
  { match, conditions }: Pick<RewriteRule, 'match' | 'conditions'>,
  folder = 'socket.io',
): boolean {
  const patterns = [
    ...(match && !match.negate ? [match.url] : []),
    ...conditions.filter(({ input, negate }) => !negate && asksUrl(input)).map(({ pattern }) => pattern),
  ];
  const names = new Set([folder, 'socket.io']);
  return patterns.some((pattern) => [...names].some((name) => mentions(pattern ?? '', name)));
}

/** Variables with the URL's path, and captures of the rule's own pattern. */
const asksUrl = (input = ''): boolean =>
  /\{(?:REQUEST_URI|URL|UNENCODED_URL|PATH_INFO|SCRIPT_NAME|PATH_TRANSLATED|REQUEST_FILENAME|HTTP_URL|CACHE_URL|[RC]:\d)\}/i.test(
    input,
  );

/** Does a pattern contain the name, however its dot is written? */
function mentions(pattern: string, name: string): boolean {
  const plain = pattern
    .replace(/%2e|\\x2e|\\u002e/gi, '.')
    .replace(/\(\?<?!(?:[^()]|\([^()]*\))*\)/g, '') // everything but this
    .replace(/\(\?(?:[:=]|<=)|[\\()[\]]/g, '');
  const literal = name.replace(/[*+?^${}|]/g, '\\$&').replaceAll('.', '\\.\\??');
  return new RegExp(`${literal}(?![\\w.-]*\\.[cm]?js)`, 'i').test(plain);
}
