import type { ConfigLocation, ConfigModel, Origin } from '../../config/index.js';
import type { Target } from './path-pattern.js';

/** system.webServer/httpRedirect of one path as plain data. */
export interface HttpRedirect {
  readonly enabled: boolean;
  readonly destination: string;
  readonly exactDestination: boolean;
  readonly childOnly: boolean;
  readonly status: number;
  /** URL path of the level that set the destination. */
  readonly basePath: string;
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
    origin,
  };
}

/**
 * Where the request is sent (learn.microsoft.com, "HTTP Redirects"): all of a level, or its files only, to one address;
 * undefined when it goes on. `target` says what stands at the URL.
 */
export function redirectFor(
  redirect: HttpRedirect,
  request: { readonly path: string; readonly query: string; target(path: string): Target },
): { readonly status: number; readonly location: string } | undefined {
  if (!redirect.enabled || redirect.destination === '') return undefined;
  const rest = request.path.slice(redirect.basePath.length).replace(/^\/+/, '');
  if (redirect.childOnly && (rest.includes('/') || request.target(request.path) === 'directory')) return undefined;
  const query = request.query === '' ? '' : `?${request.query}`;
  const relative = redirect.exactDestination ? '' : `/${encodeURI(rest)}${query}`;
  const location = redirect.destination
    .replace(/\$V/g, `/${encodeURI(rest)}`)
    .replace(/\$S/g, encodeURI(request.path))
    .replace(/\$Q/g, query);
  return {
    status: redirect.status,
    location: redirect.exactDestination ? location : location.replace(/\/$/, '') + relative,
  };
}
