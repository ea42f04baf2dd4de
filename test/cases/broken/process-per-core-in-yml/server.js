const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.use(express.static('public'));
io.on('connection', (socket) => socket.emit('hello', process.pid));
server.listen(process.env.PORT || 3000);
