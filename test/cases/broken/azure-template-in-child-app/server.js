const express = require('express');
const base = '/chat';
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server, { path: base + '/socket.io' });
app.get(base + '/', (req, res) => {
  res.send(`<link rel="stylesheet" href="css/site.css"><h1>Chat</h1><script src="socket.io/socket.io.js"></script>
<script>io({ path: '/chat/socket.io' })</script>`);
});
io.on('connection', (socket) => socket.emit('hello'));
server.listen(process.env.PORT || 3000);
