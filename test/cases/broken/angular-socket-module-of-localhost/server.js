const express = require('express');
const app = express();
app.use(express.static(__dirname + '/dist/chat'));
const server = require('http').createServer(app);
const io = require('socket.io')(server);
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
