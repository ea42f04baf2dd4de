const express = require('express');
const http = require('http');
const { Server } = require('socket.io');

const base = (process.env.virtualDirPath || '').replace(/\/+$/, '');
const app = express();
const router = express.Router();
router.use(express.static(__dirname + '/public'));
app.use(base || '/', router);

const server = http.createServer(app);
const io = new Server(server, { path: `${base}/socket.io` });
io.on('connection', (socket) => {
  socket.on('say', (text) => io.emit('said', text));
});
server.listen(process.env.PORT || 3000);
