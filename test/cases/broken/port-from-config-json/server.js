const config = require('./config.json');
const http = require('http');
const server = http.createServer((req, res) => res.end(`<h1>${config.title}</h1>`));
const io = require('socket.io')(server);
io.sockets.on('connection', (socket) => socket.join('lobby'));
server.listen(config.port);
