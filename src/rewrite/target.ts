import { hasControls, resolvePath } from './cook-url.js';
import { encodeLocation, encodePath, encodeQuery } from './encode.js';
import { urlDecode } from './functions.js';
import type { RewriteState } from './state.js';
import { locationIsAbsolute } from './unconfirmed.js';

/** The target of an action's URL. */
export interface Target {
  /** Absolute, for example `http://...`; then `path` is everything up to the query. */
  readonly absolute: boolean;
  /** Decoded; starts with '/' unless absolute. */
  readonly path: string;
  readonly query: string;
}

/** Resolves an expanded action URL against the rule's level ('' or '/dante') and joins the queries. */
export function resolveTarget(url: string, basePath: string, query: string, append: boolean): Target {
  const mark = url.indexOf('?');
  const target = mark < 0 ? url : url.slice(0, mark);
  const own = mark < 0 ? '' : url.slice(mark + 1);
  const joined = joinQuery(own, append ? query : '');
  if (target.includes('://') && /^[a-z][a-z0-9+.-]*:/i.test(target)) {
    return { absolute: true, path: target, query: joined };
  }
  const rooted = target.startsWith('/') || target.startsWith('\\') ? target : `${basePath}/${target}`;
  return { absolute: false, path: resolvePath(rooted), query: joined };
}

/** The action's own query first, then the request's (URL Rewrite configuration reference, appendQueryString). */
function joinQuery(own: string, original: string): string {
  if (own === '' || original === '') return own + original;
  return `${own}&${original}`;
}

/** The Location header of a redirect. */
export function locationOf(target: Target, state: RewriteState): string {
  const path = encodeLocation(target.path);
  const location = target.query === '' ? path : `${path}?${encodeQuery(target.query)}`;
  if (target.absolute || !locationIsAbsolute) return location;
  const { scheme, host, localAddress, localPort } = state.request;
  return `${scheme}://${host === '' ? `${localAddress}:${localPort}` : host}${location}`;
}

/**
 * The URL passed to a proxy. With `useOriginalUrlEncoding` escapes are text and are encoded once more (`%2F` becomes
 * `%252F`, serverfault.com/questions/882132); without it they stay.
 */
export function proxyUrl(target: Target, useOriginalUrlEncoding: boolean): string {
  const path = useOriginalUrlEncoding ? encodePath(target.path) : encodeLocation(target.path);
  return target.query === '' ? path : `${path}?${encodeQuery(target.query)}`;
}

/** If useOriginalURLEncoding is false: the path with its escapes decoded once, unchanged if they are invalid. */
export function decodePath(path: string): string {
  const decoded = urlDecode(path);
  return hasControls(decoded) ? path : resolvePath(decoded);
}

/** Path and query as in a request line: the value of X-Original-URL. */
export function requestLineUrl(path: string, query: string): string {
  return query === '' ? encodePath(path) : `${encodePath(path)}?${query}`;
}
