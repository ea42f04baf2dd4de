var io = require('socket.io')(3000);

console.log('waiting for sockets');

io.on('connection', function (socket) {
  socket.emit('news', { hello: 'world' });
  socket.on('my other event', function (data) {
    socket.broadcast.emit('news', data);
    socket.emit('news', data);
  });
});
