const express = require('express');
const app = express();
app.use('/users', require('./users'));
app.get('/', (req, res) => res.send('<a href="/users/list">users</a><script src="/socket.io/socket.io.js"></script><script>io()</script>'));
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
