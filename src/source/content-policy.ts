/** A Content-Security-Policy: its directives by name in lower case, each with its sources. The first of a name counts (CSP 3, 2.2.1). */
export type ContentPolicy = ReadonlyMap<string, readonly string[]>;

/** Reads a policy. Linear in the length. */
export function parsePolicy(text: string): ContentPolicy {
  const policy = new Map<string, readonly string[]>();
  for (const part of text.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/);
    if (name !== '' && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources);
  }
  return policy;
}

/** A source that only a browser can compare with the script: then it is not known whether the script runs. */
const ofOneScript = /^'(?:nonce-|sha(?:256|384|512)-|strict-dynamic')/i;

/** Does a policy keep an inline script from running? */
export function blocksInline(policy: ContentPolicy): boolean {
  const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src');
  if (sources === undefined || sources.some((each) => ofOneScript.test(each))) return false;
  return !sources.some((each) => each.toLowerCase() === "'unsafe-inline'");
}

/** Hosts that no page of an app on IIS is at: the developer's own machine, those of packages, and of services that pages use. */
const neverOwn =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|unpkg\.com|(?:[\w*-]+\.){0,3}(?:jsdelivr\.net|cloudflare\.com|socket\.io|google\.com|googleapis\.com|gstatic\.com|googletagmanager\.com|google-analytics\.com|jquery\.com|bootstrapcdn\.com|stripe\.com|sentry\.io))(?::[\d*]+)?$/i;

/** A host, with its port, that is not known to be another one. */
export const mayBeOwnHost = (host: string): boolean => !neverOwn.test(host);

export type PolicyTransport = 'polling' | 'websocket';
const both: readonly PolicyTransport[] = ['polling', 'websocket'];

/** The transports of socket.io that a source lets a page use with its own host. */
function transportsOf(source: string, isOwn: (host: string) => boolean): readonly PolicyTransport[] {
  const text = source.toLowerCase();
  if (text === "'self'" || text === '*') return both;
  const [, scheme, host = ''] = /^(?:([a-z][a-z\d+.-]*):(?:\/\/|$))?([^'/]*)/.exec(text) ?? [];
  if (text.startsWith("'") || (host === '' ? scheme === undefined : !isOwn(host))) return [];
  // Chromium: http matches https, ws matches wss, and no other pair; without a scheme it is that of the page (csp_source.cc, MatchScheme).
  if (scheme === undefined || scheme === 'http' || scheme === 'https') return ['polling'];
  return scheme === 'ws' || scheme === 'wss' ? ['websocket'] : [];
}

/**
 * The transports with which a policy keeps a page from connecting to its own host.
 *
 * @param isOwn May a host, with its port, be that of the page?
 */
export function refusedTransports(policy: ContentPolicy, isOwn = mayBeOwnHost): readonly PolicyTransport[] {
  const sources = policy.get('connect-src') ?? policy.get('default-src');
  const allowed = sources?.flatMap((source) => transportsOf(source, isOwn)) ?? both;
  return both.filter((transport) => !allowed.includes(transport));
}

/** Does a policy keep a page from running a script of another host? */
export function blocksScriptOf(policy: ContentPolicy, address: URL): boolean {
  const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src');
  if (sources === undefined || sources.some((each) => ofOneScript.test(each))) return false;
  return !sources.some((each) => isSourceOf(each.toLowerCase(), address));
}

/** Does a policy keep a page from running scripts of its own host? */
export function blocksOwnScripts(policy: ContentPolicy, isOwn = mayBeOwnHost): boolean {
  const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src');
  if (sources === undefined || sources.some((each) => ofOneScript.test(each))) return false;
  return !sources.some((each) => transportsOf(each, isOwn).includes('polling'));
}

/** `*`, `https:`, `cdn.socket.io`, `https://*.example.com/js/` (CSP 3, 6.7.2.8). */
function isSourceOf(source: string, { protocol, hostname, port, pathname }: URL): boolean {
  if (source === '*') return true;
  const [, scheme = protocol, host = '', at, path = ''] =
    /^(?:([a-z][a-z\d+.-]*:)(?:\/\/|$))?([^/:']*)(?::([\d*]+))?(\/[^?#]*)?$/.exec(source) ?? [];
  if (scheme !== protocol && !(scheme === 'http:' && protocol === 'https:')) return false;
  if (host === '') return source.endsWith(':');
  const isHost = host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
  const isPort = at === undefined ? port === '' : at === '*' || at === port;
  const isPath =
    path === '' || (path.endsWith('/') ? pathname.toLowerCase().startsWith(path) : pathname.toLowerCase() === path);
  return isHost && isPort && isPath;
}
