const fs = require('fs');
const express = require('express');
const http = require('http');
const { Server } = require('socket.io');
const settings = Object.fromEntries(
  fs.readFileSync(__dirname + '/settings.ini', 'utf8').trim().split('\n').map((line) => line.split('=')),
);
const app = express();
app.use(settings.base, express.static(__dirname + '/public'));
const server = http.createServer(app);
const io = new Server(server, { path: settings.sockets });
io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));
server.listen(process.env.PORT || 3000);
