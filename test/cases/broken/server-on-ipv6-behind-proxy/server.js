const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.get('/', (req, res) => res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
io.on('connection', (s) => s.emit('hi'));
server.listen(3000, '::1');
