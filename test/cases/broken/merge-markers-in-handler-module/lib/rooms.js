module.exports = function (io) {
  io.on('connection', function (socket) {
<<<<<<< HEAD
    socket.join('lobby');
=======
    socket.join('reception');
>>>>>>> feature/reception
  });
};
