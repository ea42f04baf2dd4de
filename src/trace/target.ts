import { UserError } from '../errors.js';

/** A URL as a client would send it. */
export interface RequestTarget {
  /** For display: with scheme and host. */
  readonly url: string;
  readonly scheme: 'http' | 'https';
  /** As in the Host header; the port only when the URL has one. */
  readonly host: string;
  readonly port: number;
  /** Path and query as in the request line. */
  readonly target: string;
  /** `ws://` or `wss://`: a handshake. */
  readonly upgrade: boolean;
}

/**
 * Parses a URL with or without scheme, or a path alone. Dots, slashes and escapes stay as written, because they decide
 * what IIS does. Throws UserError BAD_URL.
 */
export function parseTarget(written: string): RequestTarget {
  const [text = ''] = written.trim().split('#', 1);
  if (/^[a-z]:[\\/]/i.test(text)) {
    throw badUrl(written, 'This is a Windows path; Git Bash converts every argument that starts with a slash to one.');
  }
  const withScheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  const scheme = withScheme?.[1]?.toLowerCase() ?? 'http';
  if (withScheme === null && /^[a-z][a-z0-9+.-]+:(?!\d)/i.test(text)) {
    throw badUrl(written, 'It starts like a URL, but "://" and a host do not follow; a path starts with "/".');
  }
  if (!['http', 'https', 'ws', 'wss'].includes(scheme)) throw badUrl(written, `"${scheme}" is not served by IIS.`);
  const rest = withScheme === null ? text : text.slice(withScheme[0].length);
  const secure = scheme === 'https' || scheme === 'wss';
  const { authority, path } = split(rest, withScheme !== null);
  const parts = /^(?:[^@]*@)?(\[[0-9a-f:.]+\]|[^:\s]*)(?::(\d{1,5}))?$/i.exec(authority);
  if (parts === null || !isHostName(parts[1] ?? '')) {
    throw badUrl(written, authority === '' ? 'It has no host.' : `"${authority}" is not a host name.`);
  }
  if (Number(parts[2] ?? 0) > 65_535) throw badUrl(written, `There is no port ${parts[2]}: the last one is 65535.`);
  const host = parts[2] === undefined ? (parts[1] ?? '') : `${parts[1]}:${parts[2]}`;
  const target = encode(path.startsWith('/') ? path : `/${path}`);
  return {
    url: `${secure ? 'https' : 'http'}://${host}${target}`,
    scheme: secure ? 'https' : 'http',
    host,
    port: parts[2] === undefined ? (secure ? 443 : 80) : Number(parts[2]),
    target,
    upgrade: scheme.startsWith('ws'),
  };
}

/** Scheme, host and port of a URL; undefined for a path alone. Throws UserError BAD_URL. */
export function namedOrigin(written: string): URL | undefined {
  const { scheme, host } = parseTarget(written);
  const text = written.trim().replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
  const isNamed = text.startsWith(host) && /^(?:[/?#\\]|$)/.test(text.slice(host.length));
  return isNamed && URL.canParse(`${scheme}://${host}`) ? new URL(`${scheme}://${host}`) : undefined;
}

/** The hosts that browsers accept: a name in any script, or a valid IPv4 or IPv6 address. */
const isHostName = (name: string): boolean => name !== '' && URL.canParse(`http://${name}/`);

/** `socket.io/?EIO=4` and `index.html` look like host names, but are not. */
const namesOfFiles =
  /^(socket\.io|.+\.([cm]?js|s?html?|css|json|map|txt|xml|ya?ml|config|aspx?|php|ico|png|jpe?g|gif|svg|webp|woff2?))$/i;

/** Without a scheme the first part is a host only when it looks like one: `localhost`, `a.b`, `a:80`. */
function split(text: string, hasScheme: boolean): { authority: string; path: string } {
  const end = text.search(/[/?\\]/);
  const first = end < 0 ? text : text.slice(0, end);
  const isHost = hasScheme || /^(localhost|[^:]+:\d+|[\w-]+(\.[\w-]+)+|\[.*\](:\d+)?)$/i.test(first);
  if (!isHost || (!hasScheme && namesOfFiles.test(first))) return { authority: 'localhost', path: text };
  return { authority: first, path: end < 0 ? '/' : text.slice(end) };
}

/** Characters that a browser encodes: spaces and everything above ASCII. */
function encode(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, (run) =>
    Array.from(new TextEncoder().encode(run), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(
      '',
    ),
  );
}

function badUrl(written: string, why: string): UserError {
  return new UserError('BAD_URL', {
    what: `"${written}" cannot be traced`,
    why,
    next: 'write it like http://localhost/dante/socket.io/?EIO=4, or as a path: /dante/',
  });
}
