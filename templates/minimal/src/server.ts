// The smallest socket.io server that is right by itself and behind IIS, in any virtual directory. Each line has its reason.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import path from 'node:path';
import querystring from 'node:querystring';
import { Server } from 'socket.io';

// Where the app is on the site, from web.config's appSettings: '/minimal', or '/' for the site itself.
const base = (process.env.virtualDirPath || '/').replace(/\/+$/, '');

const page = readFileSync(path.join(__dirname, 'index.html'));
const pages = ['', 'index.html', 'server.js'].map((name) => `${base}/${name}`.toLowerCase());

const server = createServer((request, response) => {
  const [url = ''] = (request.url ?? '').split('?');
  // Without its last slash the page would look for socket.io beside the virtual directory.
  if (url === base) return response.writeHead(301, { Location: encodeURI(`${base}/`) }).end();
  if (!pages.includes(url.toLowerCase())) return response.writeHead(404).end('Not found\n');
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
});

const io = new Server(server, {
  path: `${base}/socket.io`, // The page finds it beside its own URL.
  transports: ['websocket'], // Polling would need sticky sessions as soon as there are two processes.
  // iisnode does not tell a client that its process has ended: the ping that stays away does, after 15 s at most.
  pingInterval: 10_000,
  pingTimeout: 5_000,
});

io.on('connection', (socket) => {
  // The acknowledgement tells the sender whether it was said; an old or a strange client may not ask for one.
  socket.on('say', (text: unknown, acknowledge: unknown) => {
    const said = typeof text === 'string' && text.length <= 1000;
    if (said) io.emit('said', text);
    if (typeof acknowledge === 'function') acknowledge(said);
  });
});

// Browsers write '/My App' as /My%20App, to IIS /my%20app is the same, to socket.io it is not. Before all other listeners.
const spell = (request: IncomingMessage) => {
  const { url = '' } = request;
  const [written = ''] = url.split('/', base.split('/').length).join('/').split('?');
  if (querystring.unescape(written).toLowerCase() === base.toLowerCase())
    request.url = base + url.slice(written.length);
};
server.prependListener('request', spell).prependListener('upgrade', spell);

// iisnode uses a connection again after up to 30 s; node would have closed it after 5 s: 500.1013.
server.keepAliveTimeout = 120_000;

// Under iisnode PORT is the name of a pipe: never make a number of it.
server.listen(process.env.PORT || 8888, () => console.log('Listening on', server.address()));
