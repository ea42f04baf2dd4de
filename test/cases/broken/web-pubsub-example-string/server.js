const http = require('http');
const { Server } = require('socket.io');
const { useAzureSocketIO } = require('@azure/web-pubsub-socket.io');
const server = http.createServer((req, res) => res.end('chat'));
const io = new Server(server);
useAzureSocketIO(io, { hub: 'chat', connectionString: process.env.WEB_PUBSUB_CONNECTION_STRING });
io.on('connection', (socket) => socket.emit('hi'));
server.listen(process.env.PORT || 3000);
