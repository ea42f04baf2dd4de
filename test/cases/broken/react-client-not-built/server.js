const path = require('path');
const express = require('express');
const http = require('http');
const socketIo = require('socket.io');

const app = express();
app.use(express.static(path.join(__dirname, 'client', 'build')));
app.get('*', (req, res) => res.sendFile(path.join(__dirname, 'client', 'build', 'index.html')));

const server = http.createServer(app);
const io = socketIo(server);
io.on('connection', (socket) => socket.on('hi', () => socket.emit('hi')));
server.listen(process.env.PORT || 5000);
