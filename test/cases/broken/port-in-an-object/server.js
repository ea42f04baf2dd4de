const http = require('node:http');
const express = require('express');
const { Server } = require('socket.io');

const settings = {
  web: { port: 43153, folder: 'public' },
  name: process.env.CHAT_NAME || 'chat',
};

function start({ port, folder }) {
  const app = express();
  const server = http.createServer(app);
  const io = new Server(server);
  app.use(express.static(folder));
  io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));
  server.listen(port, () => console.log(`${settings.name} is up`));
}

start(settings.web);
