const express = require('express');
const app = express();
app.use(express.static(__dirname + '/public'));
const server = require('http').createServer(app);
const io = require('socket.io')(server, { path: 'ws' });
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT);
