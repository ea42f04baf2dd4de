const settings = require('./settings');
const express = require('express');
const app = express();
app.use(express.static('public'));
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(settings.port);
