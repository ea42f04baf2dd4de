import { withSeparator } from '../../pipeline/index.js';
import type { RequestContext } from './context.js';
import { isEncrypted } from './is-encrypted.js';

type Variable = (context: RequestContext) => string | undefined;

const query = (context: RequestContext): string => (context.query === '' ? '' : `?${context.query}`);

/** Server variables that a node app can get with promoteServerVars (learn.microsoft.com, "IIS Server Variables"). */
const variables: Readonly<Record<string, Variable>> = {
  ALL_RAW: ({ headers }) => headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''),
  APPL_PHYSICAL_PATH: ({ snapshot, site, config }) =>
    withSeparator(snapshot.at(site, config.at.application.path).at.physicalPath),
  APPL_MD_PATH: ({ site, config }) => `/LM/W3SVC/${site.id}/ROOT${config.at.application.path.replace(/^\/$/, '')}`,
  APP_POOL_ID: ({ config }) => config.at.application.pool,
  AUTH_TYPE: () => '',
  AUTH_USER: () => '',
  CONTENT_LENGTH: ({ incoming }) => incoming.headers['content-length'] ?? '0',
  CONTENT_TYPE: ({ incoming }) => incoming.headers['content-type'] ?? '',
  DOCUMENT_ROOT: ({ snapshot, site }) => snapshot.at(site, '/').at.physicalPath,
  GATEWAY_INTERFACE: () => 'CGI/1.1',
  HTTPS: ({ incoming }) => (isEncrypted(incoming.socket) ? 'on' : 'off'),
  HTTP_METHOD: ({ incoming }) => incoming.method,
  HTTP_URL: ({ incoming }) => incoming.url,
  HTTP_VERSION: ({ incoming }) => `HTTP/${incoming.httpVersion}`,
  INSTANCE_ID: ({ site }) => String(site.id),
  INSTANCE_NAME: ({ site }) => site.name,
  LOCAL_ADDR: ({ incoming }) => incoming.socket.localAddress,
  LOGON_USER: () => '',
  PATH_INFO: ({ path }) => path,
  PATH_TRANSLATED: ({ config }) => config.at.physicalPath,
  QUERY_STRING: (context) => context.query,
  REMOTE_ADDR: ({ incoming }) => incoming.socket.remoteAddress,
  REMOTE_HOST: ({ incoming }) => incoming.socket.remoteAddress,
  REMOTE_PORT: ({ incoming }) => String(incoming.socket.remotePort ?? ''),
  REMOTE_USER: () => '',
  REQUEST_FILENAME: ({ config }) => config.at.physicalPath,
  REQUEST_METHOD: ({ incoming }) => incoming.method,
  REQUEST_URI: (context) => context.path + query(context),
  SCRIPT_FILENAME: ({ config }) => config.at.physicalPath,
  SCRIPT_NAME: ({ handler, path }) => handler?.script ?? path,
  SCRIPT_TRANSLATED: ({ config }) => config.at.physicalPath,
  SERVER_ADDR: ({ incoming }) => incoming.socket.localAddress,
  SERVER_NAME: ({ incoming }) => (incoming.headers.host ?? '').replace(/:\d+$/, ''),
  SERVER_PORT: ({ incoming }) => String(incoming.socket.localPort ?? ''),
  SERVER_PORT_SECURE: ({ incoming }) => (isEncrypted(incoming.socket) ? '1' : '0'),
  SERVER_PROTOCOL: ({ incoming }) => `HTTP/${incoming.httpVersion}`,
  SERVER_SOFTWARE: () => 'Microsoft-IIS/10.0',
  UNENCODED_URL: ({ incoming }) => incoming.url,
  URL: ({ path }) => path,
};

/** The variable's value; undefined where IIS cannot resolve the name. `HTTP_X_Y` reads the header `x-y`. */
export function serverVariable(context: RequestContext, name: string): string | undefined {
  const upper = name.toUpperCase();
  const known = Object.hasOwn(variables, upper) ? variables[upper] : undefined;
  if (known !== undefined) return known(context);
  if (!upper.startsWith('HTTP_')) return undefined;
  const header = upper.slice('HTTP_'.length).toLowerCase().replaceAll('_', '-');
  const values = context.headers.filter(([key]) => key.toLowerCase() === header).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}
