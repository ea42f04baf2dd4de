const express = require('express');
const app = express();
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
app.get('/', (req, res) => res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
server.listen(process.env.PORT || 3000);
