const http = require('node:http');
const express = require('express');
const { Server } = require('socket.io');

const listen = (server, port = 43155) => server.listen(port);

module.exports = class App {
  constructor({ folder }) {
    this.web = express();
    this.server = http.createServer(this.web);
    this.io = new Server(this.server);
    this.web.use(express.static(folder));
    this.io.on('connection', (socket) => socket.on('say', (text) => this.io.emit('said', text)));
  }

  start(port) {
    listen(this.server, port);
  }
};
