const express = require('express');
const app = express();
const server = require('http').Server(app);
const live = require('http').createServer();
const io = require('socket.io')(live);
const port = process.env.PORT || 3000;

app.use(express.static(__dirname + '/public'));

io.on('connection', (socket) => {
  socket.on('chat message', (msg) => {
    io.emit('chat message', msg);
  });
});

live.listen(38082);
server.listen(port, () => {
  console.log(`Socket.IO server running at http://localhost:${port}/`);
});
