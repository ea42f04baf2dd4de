const express = require('express');
const http = require('http');
const { Server } = require('socket.io');
module.exports = class ChatServer {
  constructor(port) { this.port = port; }
  configure(options) {
    for (const [key, value] of Object.entries(options)) if (value) this[key] = value;
  }
  listen() {
    const app = express();
    const server = http.createServer(app);
    const io = new Server(server);
    app.use(express.static('public'));
    io.on('connection', (s) => s.emit('hi', 'hello'));
    server.listen(this.port);
  }
};
