const path = require('path');
const express = require('express');
const app = express();
app.use(express.static(path.join(__dirname, 'client', 'build')));
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hello'));
server.listen(process.env.PORT || 4000);
