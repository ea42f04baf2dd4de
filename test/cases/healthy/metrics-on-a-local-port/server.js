const express = require('express');
const http = require('http');
const { Server } = require('socket.io');

function metricsServer(port) {
  // Prometheus of this machine reads it; no browser does.
  return http.createServer((req, res) => res.end('up 1\n')).listen(port, '127.0.0.1');
}

const app = express();
const server = http.createServer(app);
const io = new Server(server);
app.use(express.static('public'));
io.on('connection', (s) => s.emit('hi', 'hello'));
metricsServer(9464);
server.listen(process.env.PORT || 3000);
