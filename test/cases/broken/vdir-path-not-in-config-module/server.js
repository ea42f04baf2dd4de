const express = require('express');
const { Server } = require('socket.io');
const { realtime, port } = require('./config');
const app = express();
app.use('/chat', express.static(__dirname + '/public'));
const server = require('http').createServer(app);
const io = new Server(server, { path: realtime.path, pingTimeout: realtime.pingTimeout });
io.on('connection', (s) => s.emit('hi'));
server.listen(port);
