import express from 'express';
import { WebSocketServer } from 'ws';
import { count, subscribe } from './counter.mjs';

const app = express();
app.get('/', (request, response) => response.send(`<p>All packages are in one file. Count: ${count()}</p>`));

const server = app.listen(process.env.PORT ?? 4000, () => console.log('bundled'));

const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname !== '/count') return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (client) => {
    const stop = subscribe((value) => client.send(`count ${value}`));
    client.on('close', stop);
  });
});
