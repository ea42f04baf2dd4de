const server = require('http').createServer();
const io = require('socket.io')(server);
io.on('connection', (socket) => socket.emit('welcome'));
server.listen(process.env.PORT);
