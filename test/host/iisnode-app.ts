import { folderWith, serve, type TestHost, webConfig } from './harness.js';

/** Answers with what it sees; upgrades echo. */
export const script = `
const http = require('node:http');
const server = http.createServer((request, response) => {
  const status = Number(new URL(request.url, 'http://x').searchParams.get('status') || 200);
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Powered-By': 'node' });
  response.end(JSON.stringify({ pid: process.pid, url: request.url, original: request.headers['x-original-url'], vdir: process.env.VDIR, promoted: request.headers['x-iisnode-app_pool_id'] }));
});
server.on('upgrade', (request, socket) => {
  if (request.url.includes('refuse')) return socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nno');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: x\\r\\n\\r\\n');
  socket.pipe(socket);
});
server.listen(process.env.PORT);
`;
export const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
const rules =
  '<rewrite><rules><rule name="socket.io" stopProcessing="true"><match url="^socket\\.io/" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>';
export const config = (more = ''): string =>
  webConfig(`${handlers}${rules}${more}`).replace(
    '<system.webServer>',
    '<appSettings><add key="VDIR" value="/dante" /></appSettings><system.webServer>',
  );
/** What gives upgrades to iisnode. */
export const off = '<webSocket enabled="false" />';

/** Serves the script with the handler, a rule for socket.io and `more` sections, at /dante. */
export async function app(
  more = '',
  files: Record<string, string> = {},
): Promise<TestHost & { readonly directory: string }> {
  const directory = folderWith({ 'server.js': script, 'web.config': config(more), ...files });
  return { ...(await serve({ directory, vdirPath: '/dante' })), directory };
}

export const handshake = (url: string): string =>
  `GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
