const express = require('express');
const http = require('http');
const { Server } = require('socket.io');

const app = express();
app.use(express.static(__dirname + '/public'));
const server = http.createServer(app);
const io = new Server(server);
io.on('connection', (socket) => socket.emit('news', 'hi'));
server.listen(process.env.PORT || 3000);
