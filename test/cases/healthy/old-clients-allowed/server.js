const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server, { allowEIO3: true });
app.use(express.static('public'));
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
