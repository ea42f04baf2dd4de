// Serves the page and streams Canto I to each viewer. Runs by itself (`node server-socketio.js`) and under iisnode,
// in any virtual directory or at a site's root.

const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const path = require('node:path');
const { Server } = require('socket.io');
const { stream } = require('./stream.js');

// Under iisnode PORT is the name of a pipe (never make a number of it), and each key of web.config's appSettings
// is an environment variable.
const port = process.env.PORT || 8888;
const vdirPath = (process.env.virtualDirPath || '/').replace(/\/+$/, '');
const transports = (process.env.transports || 'websocket').split(/[\s,]+/).filter(Boolean);
const interval = Number(process.env.STANZA_INTERVAL || 2000);

const pages = ['/', '/index-socketio.html', '/server-socketio.js'];
const page = Buffer.from(
  readFileSync(path.join(__dirname, 'index-socketio.html'), 'utf8').replace(
    /data-transports="[^"]*"/,
    `data-transports="${transports.filter((name) => /^[a-z]+$/.test(name)).join(',')}"`,
  ),
);

const server = createServer((request, response) => {
  const url = request.url.split('?')[0];
  if (vdirPath && url === vdirPath) return answer(response, 301, '', { Location: encodeURI(`${vdirPath}/`) });
  if (!url.startsWith(`${vdirPath}/`) || !pages.includes(url.slice(vdirPath.length).toLowerCase())) {
    return answer(response, 404, 'Not found\n');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return answer(response, 405, 'Method not allowed\n', { Allow: 'GET, HEAD' });
  }
  answer(response, 200, page, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' });
});

const io = new Server(server, {
  path: `${vdirPath}/socket.io`,
  transports,
  maxHttpBufferSize: 10_000, // Viewers say where they are and nothing else.
});

stream(io, { interval });

// IIS compares paths without regard to case and shows them to node as the browser wrote them: /Dante/, /my%20app/.
server.prependListener('request', spellAsConfigured);
server.prependListener('upgrade', spellAsConfigured);

// iisnode reuses a pipe connection for up to 30 s (maxNamedPipePooledConnectionAge); node would close it after 5 s,
// and the next request on it would fail with 500.1013.
server.keepAliveTimeout = 120_000;
server.headersTimeout = 125_000;

server.on('error', (error) => {
  console.error(
    error.code === 'EADDRINUSE' ? `Port ${port} is taken: set PORT to another one.` : `Cannot listen: ${error.message}`,
  );
  process.exit(1);
});

server.listen(port, () => {
  const address = server.address();
  const where = typeof address === 'string' ? address : `http://localhost:${address.port}${vdirPath}/`;
  console.log(`The Inferno is at ${where}`);
});

// Viewers go on with another process, where they were. Under iisnode nobody sends a signal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, stop);

function stop() {
  io.close();
  setTimeout(() => process.exit(0), 5000).unref();
}

function answer(response, status, body, headers = {}) {
  const content = Buffer.from(body);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': content.length,
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : content);
}

function spellAsConfigured(request) {
  if (!vdirPath) return;
  const end = request.url.split('/', vdirPath.split('/').length).join('/').split('?')[0].length;
  const written = request.url.slice(0, end);
  if (decoded(written).toLowerCase() === vdirPath.toLowerCase()) request.url = vdirPath + request.url.slice(end);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray % is no escape: compare it as it is.
  }
}
