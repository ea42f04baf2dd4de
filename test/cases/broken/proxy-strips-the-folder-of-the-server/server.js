const express = require('express');
const http = require('http');
const { Server } = require('socket.io');
const app = express();
app.use(express.static('public'));
const server = http.createServer(app);
const io = new Server(server, { path: '/chat/socket.io' });
io.on('connection', (socket) => socket.emit('welcome'));
server.listen(3000, () => console.log('up'));
