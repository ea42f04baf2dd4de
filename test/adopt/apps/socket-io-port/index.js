import { Server } from 'socket.io';

const io = new Server(8080, { cors: { origin: '*' } });

io.on('connection', (socket) => {
  socket.emit('welcome', 'relay 1.0');
  socket.on('relay', (message) => io.emit('relay', message));
});

console.log('relay on port 8080');
