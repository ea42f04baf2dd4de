const express = require('express');
const http = require('http');
const { Server } = require('socket.io');
const { WebSocketServer } = require('ws');

const app = express();
const server = http.createServer(app);
app.get('/', (req, res) => res.send('<p>Browsers use socket.io, devices use ws</p>'));

const io = new Server(server, { destroyUpgrade: false });
io.on('connection', (socket) => socket.emit('kind', 'browser'));

const devices = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  if (!request.url.startsWith('/device')) return;
  devices.handleUpgrade(request, socket, head, (device) => {
    device.on('message', (reading) => io.emit('reading', String(reading)));
    device.send('kind: device');
  });
});

server.listen(process.env.PORT || 3000, () => console.log('browsers and devices'));
