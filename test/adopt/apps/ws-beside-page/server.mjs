import express from 'express';
import { WebSocketServer } from 'ws';

const app = express();
app.get('/', (req, res) => res.send('<h1>The sockets are on port 8081</h1>'));
app.listen(3000, () => console.log('page on port 3000'));

const sockets = new WebSocketServer({ port: 8081, path: '/feed' });
sockets.on('connection', (socket, request) => {
  const { searchParams } = new URL(request.url, 'ws://localhost');
  socket.send(`feed of ${searchParams.get('of')}`);
});
