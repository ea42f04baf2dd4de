import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const server = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ topics: globalThis.topics, url: request.url }));
});

const sockets = new WebSocketServer({ server, path: '/topics' });
sockets.on('connection', (socket) => socket.send(JSON.stringify(globalThis.topics)));

server.listen(process.env.PORT ?? 3000, () => console.log('topics are', globalThis.topics));
