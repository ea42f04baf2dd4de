import { encodePath } from './encode.js';
import { headerNameOf, type RewriteState } from './state.js';
import { cacheUrlFollowsRewrite, httpsValue, httpUrlFollowsRewrite, unknownVariable } from './unconfirmed.js';

type Reader = (state: RewriteState) => string;

const empty: Reader = () => '';
const path: Reader = (state) => state.path;
const filename: Reader = (state) => state.filename;
const header =
  (name: string): Reader =>
  (state) =>
    state.header(name) ?? '';

const serverName: Reader = ({ request }) => {
  const name = /^(\[[^\]]*\]|[^:]*)/.exec(request.host)?.[0] ?? '';
  return name === '' ? request.localAddress : name;
};

const cacheUrl: Reader = (state) => {
  const { host, scheme, localAddress, localPort } = state.request;
  const name = host === '' ? localAddress : host;
  const authority = /:\d+$/.test(name) ? name : `${name}:${host === '' ? localPort : scheme === 'https' ? 443 : 80}`;
  return `${scheme}://${authority}${cacheUrlFollowsRewrite ? state.url : (state.originalUrl ?? state.url)}`;
};

const httpUrl: Reader = (state) => {
  if (!httpUrlFollowsRewrite || state.originalUrl === undefined) return state.request.rawUrl;
  return state.query === '' ? encodePath(state.path) : `${encodePath(state.path)}?${state.query}`;
};

const allHeaders = (line: (name: string, value: string) => string): Reader => {
  return ({ request, headers }) =>
    Object.entries({ ...request.headers, ...headers })
      .map(([name, value]) => line(name, value))
      .join('');
};

const protocol: Reader = ({ request }) => request.protocol;
const method: Reader = ({ request }) => request.method;
const secure = (yes: string, no: string): Reader => {
  return ({ request }) => (request.scheme === 'https' ? yes : no);
};

/** "IIS Server Variables" (iis-docs, server-variables.md) and the URL Rewrite configuration reference. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ALL_HTTP', allHeaders((name, value) => `HTTP_${name.toUpperCase().replaceAll('-', '_')}:${value}\n`)],
  ['ALL_RAW', allHeaders((name, value) => `${name}: ${value}\r\n`)],
  [
    'APPL_MD_PATH',
    ({ site }) => `/LM/W3SVC/${site.siteId}/ROOT${site.applicationPath === '/' ? '' : site.applicationPath}`,
  ],
  ['APPL_PHYSICAL_PATH', ({ site }) => site.applicationPhysicalPath],
  ['APP_POOL_ID', ({ site }) => site.poolName],
  // Authentication runs after URL Rewrite, so the user is unknown here.
  ['AUTH_TYPE', empty],
  ['AUTH_USER', empty],
  ['CACHE_URL', cacheUrl],
  ['CONTENT_LENGTH', header('content-length')],
  ['CONTENT_TYPE', header('content-type')],
  ['DOCUMENT_ROOT', ({ site }) => site.sitePhysicalPath],
  ['GATEWAY_INTERFACE', () => 'CGI/1.1'],
  ['HTTPS', ({ request }) => httpsValue(request.scheme === 'https')],
  ['HTTP_HOST', ({ request, headers }) => headers?.host ?? request.host],
  ['HTTP_METHOD', method],
  ['HTTP_URL', httpUrl],
  ['HTTP_VERSION', protocol],
  // Decoded, and set only after a rewrite; before that it is an ordinary header.
  ['HTTP_X_ORIGINAL_URL', (state) => state.originalUrl ?? state.header('x-original-url') ?? ''],
  ['INSTANCE_ID', ({ site }) => String(site.siteId)],
  ['INSTANCE_META_PATH', ({ site }) => `/LM/W3SVC/${site.siteId}`],
  ['INSTANCE_NAME', ({ site }) => site.siteName],
  ['LOCAL_ADDR', ({ request }) => request.localAddress],
  ['LOGON_USER', empty],
  ['PATH_INFO', path],
  ['PATH_TRANSLATED', filename],
  ['QUERY_STRING', (state) => state.query],
  ['REMOTE_ADDR', ({ request }) => request.remoteAddress],
  ['REMOTE_HOST', ({ request }) => request.remoteAddress],
  ['REMOTE_PORT', ({ request }) => String(request.remotePort)],
  ['REMOTE_USER', empty],
  ['REQUEST_FILENAME', filename],
  ['REQUEST_METHOD', method],
  ['REQUEST_URI', (state) => state.url],
  ['SCRIPT_FILENAME', filename],
  ['SCRIPT_NAME', path],
  ['SCRIPT_TRANSLATED', (state) => `\\\\?\\${state.filename}`],
  ['SERVER_ADDR', ({ request }) => request.localAddress],
  ['SERVER_NAME', serverName],
  ['SERVER_PORT', ({ request }) => String(request.localPort)],
  ['SERVER_PORT_SECURE', secure('1', '0')],
  ['SERVER_PROTOCOL', protocol],
  ['SERVER_SOFTWARE', () => 'Microsoft-IIS/10.0'],
  ['SSI_EXEC_DISABLED', () => '0'],
  ['UNENCODED_URL', ({ request }) => request.rawUrl],
  ['URL', path],
  ['URL_PATH_INFO', path],
]);

/** Names of the known server variables in upper case (in addition, headers are HTTP_NAME). */
export const serverVariableNames: readonly string[] = [...readers.keys()];

/** The value of `{NAME}`: a variable that a rule has set, a server variable, a header, or the empty string. */
export function variableReader(written: string): Reader {
  const name = written.toUpperCase();
  const read = readers.get(name) ?? headerReader(name);
  return (state) => state.variables?.get(name) ?? read(state);
}

function headerReader(name: string): Reader {
  if (name.startsWith('HTTP_')) return header(headerNameOf(name, 'HTTP_'));
  if (name.startsWith('RESPONSE_')) {
    const key = headerNameOf(name, 'RESPONSE_');
    return (state) =>
      state.responseHeaders !== undefined && Object.hasOwn(state.responseHeaders, key)
        ? (state.responseHeaders[key] ?? '')
        : unknownVariable;
  }
  return () => unknownVariable;
}
