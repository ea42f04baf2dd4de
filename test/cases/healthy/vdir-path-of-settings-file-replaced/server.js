const express = require('express');
const config = require('./config');
const app = express();
app.use('/chat', express.static(__dirname + '/public'));
const server = require('http').createServer(app);
const io = require('socket.io')(server, { path: config.path });
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
