import type { ConfigLocation, ConfigModel, Origin } from '../../config/index.js';
import { encodePath } from '../../rewrite/index.js';
import type { Target } from './path-pattern.js';

/** The target, and the level that sets it. */
interface Destination {
  readonly destination: string;
  /** URL path of the level that set it. */
  readonly basePath: string;
}

/** system.webServer/httpRedirect of one path as plain data. */
export interface HttpRedirect extends Destination {
  readonly enabled: boolean;
  readonly exactDestination: boolean;
  readonly childOnly: boolean;
  readonly status: number;
  /** The `<add wildcard destination>` entries: the first that matches overrides `destination`. */
  readonly wildcards: readonly (Destination & { readonly wildcard: string })[];
  readonly origin: Origin | undefined;
}

const statuses: Readonly<Record<string, number>> = { Permanent: 301, Found: 302, Temporary: 307, PermRedirect: 308 };

/** Reads system.webServer/httpRedirect at a path. Throws ConfigError. */
export function readHttpRedirect(model: ConfigModel, at: ConfigLocation): HttpRedirect {
  const section = model.effective('system.webServer/httpRedirect', at);
  const origin = section.origin('destination');
  return {
    enabled: section.boolean('enabled'),
    destination: section.string('destination'),
    exactDestination: section.boolean('exactDestination'),
    childOnly: section.boolean('childOnly'),
    status: statuses[section.string('httpResponseStatus')] ?? 302,
    basePath: origin?.basePath ?? '',
    wildcards: section.items.map((item) => ({
      wildcard: item.string('wildcard'),
      destination: item.string('destination'),
      basePath: item.origin()?.basePath ?? '',
    })),
    origin: origin ?? section.items[0]?.origin(),
  };
}

interface RedirectedRequest {
  readonly path: string;
  /** Without '?'. */
  readonly query: string;
  /** The kind of file at a URL path. */
  target(path: string): Target;
}

/**
 * Where the request is redirected (learn.microsoft.com, "HTTP Redirects"): all URLs of a level, or only its files, or those that
 * match a wildcard; undefined when it is not redirected.
 */
export function redirectFor(
  redirect: HttpRedirect,
  request: RedirectedRequest,
): { readonly status: number; readonly location: string } | undefined {
  if (!redirect.enabled) return undefined;
  const chosen = byWildcard(redirect, request.path) ?? { ...redirect, captures: [] };
  if (chosen.destination === '') return undefined;
  const rest = below(request.path, chosen.basePath);
  if (redirect.childOnly && (rest.slice(1).includes('/') || request.target(request.path) === 'directory')) {
    return undefined;
  }
  const query = request.query === '' ? '' : `?${request.query}`;
  const values: Readonly<Record<string, string>> = {
    V: encodePath(request.path),
    S: encodePath(rest),
    P: request.query,
    Q: query,
  };
  // The meaning of the letters is that of IIS 6 (unconfirmed for 10); at the root of a site $V and $S are the same.
  const location = chosen.destination.replace(
    /\$([VSPQ]|\d)/g,
    (_, name: string) => values[name] ?? encodePath(chosen.captures[Number(name)] ?? ''),
  );
  return {
    status: redirect.status,
    location: redirect.exactDestination ? location : location.replace(/\/$/, '') + encodePath(rest) + query,
  };
}

/** The path below a level, with its leading slash. */
const below = (path: string, basePath: string): string => `/${path.slice(basePath.length).replace(/^\/+/, '')}`;

/** The first wildcard that matches the path below its level, with or without the leading slash (unconfirmed); `*` is any text. */
function byWildcard(redirect: HttpRedirect, path: string): (Destination & { captures: readonly string[] }) | undefined {
  for (const entry of redirect.wildcards) {
    const rest = below(path, entry.basePath);
    const match = wildcardMatch(entry.wildcard, rest) ?? wildcardMatch(entry.wildcard, rest.slice(1));
    if (match !== undefined) return { ...entry, captures: match };
  }
  return undefined;
}

/** What each `*` matched, ignoring case. Each `*` except the last matches as little as possible, so there is no backtracking. */
function wildcardMatch(pattern: string, text: string): readonly string[] | undefined {
  const lower = text.toLowerCase();
  const [first = '', ...pieces] = pattern.toLowerCase().split('*');
  if (!lower.startsWith(first)) return undefined;
  const last = pieces.pop();
  if (last === undefined) return lower === first ? [] : undefined;
  const captures: string[] = [];
  let at = first.length;
  for (const piece of pieces) {
    const found = lower.indexOf(piece, at);
    if (found < 0) return undefined;
    captures.push(text.slice(at, found));
    at = found + piece.length;
  }
  const end = text.length - last.length;
  if (end < at || !lower.endsWith(last)) return undefined;
  return [...captures, text.slice(at, end)];
}
