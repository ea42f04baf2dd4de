const express = require('express');
const app = express();
app.use(express.static('public'));
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(3000);
