import { folderWith, serve, type TestHost, webConfig } from '../harness.js';

/** Answers with what it sees; WebSockets echo. */
export const script = `
const http = require('node:http');
const { PORT, HTTP_PLATFORM_PORT, HTTP_PLATFORM_APPL_PATH, HTTP_PLATFORM_TOKEN, GREETING } = process.env;
const server = http.createServer((request, response) => {
  const { searchParams, pathname } = new URL(request.url, 'http://x');
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece)).on('end', () => {
    response.writeHead(Number(searchParams.get('status') || 200), { 'Content-Type': 'application/json', 'X-Powered-By': 'node', Connection: 'keep-alive' });
    response.end(JSON.stringify({ pid: process.pid, url: request.url, raw: request.rawHeaders, headers: request.headers, body: Buffer.concat(pieces).toString(),
      cwd: process.cwd(), main: require.main === module, env: { PORT, HTTP_PLATFORM_PORT, HTTP_PLATFORM_APPL_PATH, HTTP_PLATFORM_TOKEN, GREETING }, argv: process.argv.slice(2) }));
  });
});
server.on('upgrade', (request, socket) => {
  if (request.url.includes('refuse')) return socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nno');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nX-Extensions: ' + (request.headers['sec-websocket-extensions'] || 'none') + '\\r\\n\\r\\n');
  socket.pipe(socket);
});
server.listen(PORT);
`;

export const handler =
  '<handlers><add name="httpPlatformHandler" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" /></handlers>';

/** `<httpPlatform>` that gives the port as PORT, with these attributes and elements. */
export const section = (attributes = '', more = '', args = '.\\server.js'): string =>
  `<httpPlatform processPath="C:\\Program Files\\nodejs\\node.exe" arguments="${args}" ${attributes}>
     <environmentVariables><environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" /></environmentVariables>${more}</httpPlatform>`;

export const config = (platform = section(), more = ''): string => webConfig(`${handler}${platform}${more}`);

/** Serves the script with HttpPlatformHandler at /dante. */
export async function app(
  platform?: string,
  { more = '', files = {} }: { readonly more?: string; readonly files?: Record<string, string> } = {},
): Promise<TestHost & { readonly directory: string }> {
  const directory = folderWith({ 'server.js': script, 'web.config': config(platform, more), ...files });
  return { ...(await serve({ directory, vdirPath: '/dante' })), directory };
}

interface Seen {
  readonly pid: number;
  readonly url: string;
  readonly raw: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cwd: string;
  readonly main: boolean;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** What the process saw of a request. */
export const seenIn = ({ body }: { readonly body: string }): Seen => JSON.parse(body) as Seen;
