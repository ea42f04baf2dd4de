const { createServer } = require('http');
const { readFile } = require('fs');
const { Server } = require('socket.io');

const server = createServer((req, res) => {
  readFile(__dirname + '/index.html', (err, page) => {
    res.writeHead(err ? 500 : 200, { 'Content-Type': 'text/html', 'Content-Length': page.length });
    res.end(page);
  });
});

const io = new Server(server, { transports: ['websocket'], path: '/live', connectionStateRecovery: {} });
io.on('connection', (socket) => socket.emit('transport', socket.conn.transport.name));

server.listen(process.env.PORT || 3000, () => console.log('WebSocket only'));
