import express from 'express';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const app = express();
const httpServer = createServer(app);
const io = new Server(httpServer);

app.use(express.static('public'));

io.on('connection', (socket) => socket.emit('lobby', 'choose a room'));

const chat = io.of('/chat');
chat.on('connection', (socket) => {
  socket.on('join', async (room, done) => {
    await socket.join(room);
    done({ joined: room });
  });
  socket.on('say', (room, text) => chat.to(room).emit('said', { room, text }));
});

io.of('/admin')
  .use((socket, next) => (socket.handshake.auth.token === 'let me in' ? next() : next(new Error('not for you'))))
  .on('connection', (socket) => socket.emit('rooms', chat.adapter.rooms.size >= 0));

io.of(/^\/tenant-\d+$/).on('connection', (socket) => socket.emit('tenant', socket.nsp.name));

httpServer.listen(process.env.PORT ?? 3000, () => console.log('namespaces: /, /chat, /admin, /tenant-N'));
