// The smallest socket.io server that works both by itself and behind IIS, in any virtual directory. Comments give the reasons.

const { readFileSync } = require('node:fs');
const { createServer } = require('node:http');
const path = require('node:path');
const querystring = require('node:querystring');
const { Server } = require('socket.io');

// The vdir path, from web.config's appSettings: '/minimal' in a virtual directory, '' at a site's root.
const base = (process.env.virtualDirPath || '/').replace(/\/+$/, '');

const page = readFileSync(path.join(__dirname, 'index.html'));
const pages = ['', 'index.html', 'server.js'].map((name) => `${base}/${name}`.toLowerCase());

const server = createServer((request, response) => {
  const [url = ''] = (request.url ?? '').split('?');
  // Without the slash at the end the page would look for socket.io outside of the virtual directory.
  if (url === base) return response.writeHead(301, { Location: encodeURI(`${base}/`) }).end();
  if (!pages.includes(url.toLowerCase())) return response.writeHead(404).end('Not found\n');
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
});

const io = new Server(server, {
  path: `${base}/socket.io`, // The page looks for it next to its own URL.
  transports: ['websocket'], // Polling needs sticky sessions when there is more than one process.
  // iisnode does not tell a client that its process has ended: a missing ping does, after 15 s at most.
  pingInterval: 10_000,
  pingTimeout: 5_000,
});

io.on('connection', (socket) => {
  // The acknowledgement tells the sender whether the text was sent on; not every client asks for one.
  socket.on('say', (text, acknowledge) => {
    const said = typeof text === 'string' && text.length <= 1000;
    if (said) io.emit('said', text);
    if (typeof acknowledge === 'function') acknowledge(said);
  });
});

// Browsers write '/My App' as /My%20App, and IIS ignores case; socket.io does neither. This runs before all other listeners.
const spell = (request) => {
  const { url = '' } = request;
  const [written = ''] = url.split('/', base.split('/').length).join('/').split('?');
  if (querystring.unescape(written).toLowerCase() === base.toLowerCase())
    request.url = base + url.slice(written.length);
};
server.prependListener('request', spell).prependListener('upgrade', spell);

// iisnode reuses a connection for up to 30 s; node would close it after 5 s, and the next request would fail with 500.1013.
server.keepAliveTimeout = 120_000;

// Under iisnode PORT is the name of a pipe: never convert it to a number.
server.listen(process.env.PORT || 8888, () => console.log('Listening on', server.address()));
