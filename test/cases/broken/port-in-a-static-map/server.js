const express = require('express');
const http = require('http');
const { Server } = require('socket.io');

class Settings {
  static #all = new Map([['port', 46101]]);
  static get(name) {
    return Settings.#all.get(name);
  }
}

const app = express();
app.use(express.static('public'));
const server = http.createServer(app);
new Server(server).on('connection', (socket) => socket.emit('news', 'hi'));
server.listen(Settings.get('port'));
