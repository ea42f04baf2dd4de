const { createServer } = require('http');
const { Server } = require('socket.io');
const server = createServer();
const io = new Server(server, { cors: { origin: ['https://app.example.com'], credentials: true } });
io.on('connection', (socket) => socket.on('reading', (value) => socket.to('dashboards').emit('reading', value)));
server.listen(process.env.PORT || 3000);
