const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server, { transports: ['websocket'] });
app.use(express.static('public'));
io.on('connection', (socket) => socket.on('chat message', (m) => io.emit('chat message', m)));
server.listen(process.env.PORT || 3000);
