const config = require('config');
const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const app = express();
const server = createServer(app);
const io = new Server(server, { path: config.get('socket.path') });

app.get('/', (request, response) => {
  response.send('<script src="/bids/socket.io.js"></script><script>io({ path: "/bids" })</script>');
});
io.on('connection', (socket) => socket.emit('bid', 1));
server.listen(config.get('server.port'));
