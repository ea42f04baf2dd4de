const express = require('express');
const http = require('http');
const { Server } = require('socket.io');
const app = express();
app.use('/kiosk', express.static(__dirname + '/public'));
const server = http.createServer(app);
const io = new Server(server, { path: '/kiosk/socket.io' });
io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));
server.listen(process.env.PORT || 3000);
