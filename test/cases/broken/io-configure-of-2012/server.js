var express = require('express');
var app = express();
var server = require('http').createServer(app);
var io = require('socket.io').listen(server);

io.configure(function () {
  io.set('transports', ['websocket', 'xhr-polling']);
  io.set('log level', 1);
});
app.use(express.static(__dirname + '/public'));
io.sockets.on('connection', function (socket) {
  socket.emit('news', { hello: 'world' });
});
server.listen(process.env.PORT || 8000);
