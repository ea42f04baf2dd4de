const server = require('http').createServer((q, r) => r.end('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT);
