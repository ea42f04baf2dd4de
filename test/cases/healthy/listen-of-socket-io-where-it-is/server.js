const http = require('http');
const socketio = require('socket.io');

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<!doctype html><title>Both</title><script src="/socket.io/socket.io.js"></script><script>io();</script>');
});
// socket.io 2 and 4 alike
const io = socketio.listen ? socketio.listen(server) : new socketio.Server(server);
io.sockets.on('connection', (socket) => socket.emit('news', 'hello'));
server.listen(process.env.PORT || 8080);
