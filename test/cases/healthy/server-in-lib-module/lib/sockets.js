const { Server } = require('socket.io');
exports.attach = (server) => {
  const io = new Server(server);
  io.on('connection', (socket) => socket.emit('hello'));
};
