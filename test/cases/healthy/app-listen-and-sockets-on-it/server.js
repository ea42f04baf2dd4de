const express = require('express');
const { Server } = require('socket.io');
const app = express();
app.use(express.static('public'));
const server = app.listen(process.env.PORT || 3000, () => console.log('up'));
const io = new Server(server);
io.on('connection', (socket) => socket.on('chat message', (m) => io.emit('chat message', m)));
