const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');
const WebSocket = require('ws');

const app = express();
const server = createServer(app);
const io = new Server(server);
const prices = new WebSocket.Server({ server, path: '/prices' });

app.get('/', (request, response) => {
  response.send('<script src="/socket.io/socket.io.js"></script><script>io({ transports: ["websocket"] })</script>');
});
io.on('connection', (socket) => socket.emit('hello'));
prices.on('connection', (socket) => socket.send('1.08'));
server.listen(process.env.PORT || 3000);
