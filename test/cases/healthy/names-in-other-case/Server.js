const server = require('http').createServer((req, res) => res.end('ok'));
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
