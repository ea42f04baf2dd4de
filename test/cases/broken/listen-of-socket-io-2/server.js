var app = require('express')();
var server = require('http').createServer(app);
var io = require('socket.io').listen(server);
app.use(require('express').static(__dirname + '/public'));
io.sockets.on('connection', function (socket) {
  socket.emit('welcome');
});
server.listen(process.env.PORT || 3000);
