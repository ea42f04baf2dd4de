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

/** Hosts that no page of an app on IIS is at: the developer's own machine, and those of packages. */
const neverOwn =
  /^(?:(?:https?|wss?):\/\/)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|cdn\.socket\.io|cdn\.jsdelivr\.net|unpkg\.com|cdnjs\.cloudflare\.com)(?::[\d*]+)?(?:\/|$)/i;

/** Sources that may be the page's own host: a host or a scheme may be that of the site. */
const mayBeOwn = /^(?:'self'|\*|[a-z][a-z\d+.-]*:|[^'].*)$/i;

/** Does a policy keep a page from connecting to its own host? */
export function blocksOwnSockets(policy: ContentPolicy): boolean {
  const sources = policy.get('connect-src') ?? policy.get('default-src');
  return sources !== undefined && !sources.some((each) => mayBeOwn.test(each) && !neverOwn.test(each));
}

/** Does a policy keep a page from running a script of another host? */
export function blocksScriptOf(policy: ContentPolicy, address: URL): boolean {
  const sources = policy.get('script-src-elem') ?? policy.get('script-src') ?? policy.get('default-src');
  if (sources === undefined || sources.some((each) => ofOneScript.test(each))) return false;
  return !sources.some((each) => isSourceOf(each.toLowerCase(), address));
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
