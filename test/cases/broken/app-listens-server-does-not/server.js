const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const app = express();
const server = createServer(app);
const io = new Server(server);

app.use(express.static('public'));
io.on('connection', (socket) => {
  socket.on('chat message', (msg) => io.emit('chat message', msg));
});

app.listen(process.env.PORT || 3000, () => console.log('ready'));
