const path = require('path');
const express = require('express');
const app = express();
app.use(express.static(path.join(__dirname, 'client/build')));
const server = require('http').createServer(app);
const io = require('socket.io')(server);
io.on('connection', (socket) => socket.emit('board', []));
server.listen(process.env.PORT || 4000);
