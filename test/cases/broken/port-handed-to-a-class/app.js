const http = require('node:http');
const express = require('express');
const { Server } = require('socket.io');

class App {
  constructor(options) {
    this.options = options;
    this.web = express();
    this.server = http.createServer(this.web);
    this.io = new Server(this.server);
    this.web.use(express.static(this.options.folder));
    this.io.on('connection', (socket) => socket.on('say', (text) => this.io.emit('said', text)));
  }

  start() {
    this.server.listen(this.options.port, () => console.log('up'));
  }
}

module.exports = App;
