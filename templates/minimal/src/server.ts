// The smallest socket.io server that is right by itself and behind IIS, in any virtual directory. Each line has its reason.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { Server } from 'socket.io';

// Where the app is on the site, from web.config's appSettings: '/minimal', or '/' for the site itself. As browsers write it.
const base = encodeURI(process.env.virtualDirPath || '/').replace(/\/+$/, '');

const page = readFileSync(path.join(__dirname, 'index.html'));
const pages = ['', 'index.html', 'server.js'].map((name) => `${base}/${name}`.toLowerCase());

const server = createServer((request, response) => {
  const [url = ''] = (request.url ?? '').split('?');
  // Without its last slash the page would look for socket.io beside the virtual directory.
  if (url === base) return response.writeHead(301, { Location: `${base}/` }).end();
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
  // The acknowledgement tells the sender that it has arrived; an old or a strange client may not ask for one.
  socket.on('say', (text: unknown, acknowledge: unknown) => {
    if (typeof text === 'string' && text.length <= 1000) io.emit('said', text);
    if (typeof acknowledge === 'function') acknowledge();
  });
});

// To IIS /Minimal/ is the same as /minimal/, to socket.io it is not. Before all other listeners.
const spell = (request: IncomingMessage) => {
  const { url = '' } = request;
  if (url.toLowerCase().startsWith(base.toLowerCase())) request.url = base + url.slice(base.length);
};
server.prependListener('request', spell).prependListener('upgrade', spell);

// iisnode uses a connection again after up to 30 s; node would have closed it after 5 s: 500.1013.
server.keepAliveTimeout = 120_000;

// Under iisnode PORT is the name of a pipe: never make a number of it.
server.listen(process.env.PORT || 8888, () => console.log('Listening on', server.address()));
