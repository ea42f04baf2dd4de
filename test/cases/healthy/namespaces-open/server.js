const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.use(express.static('public'));
io.of('/news').on('connection', (s) => s.emit('item', 1));
io.of(/^\/room-\d+$/).on('connection', (s) => s.emit('joined', s.nsp.name));
server.listen(process.env.PORT || 3000);
