const express = require('express');
const { readFile } = require('fs/promises');
const http = require('http');
const { Server } = require('socket.io');

async function main() {
  const { port, title } = JSON.parse(await readFile(`${__dirname}/settings.json`, 'utf8'));
  const app = express();
  app.get('/title', (request, response) => response.send(title));
  app.use(express.static('public'));
  const server = http.createServer(app);
  new Server(server).on('connection', (socket) => socket.emit('news', title));
  server.listen(port);
}
main();
