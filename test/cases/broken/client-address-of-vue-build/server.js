const express = require('express');
const path = require('path');
const app = express();
app.use(express.static(path.join(__dirname, 'dist')));
const server = require('http').createServer(app);
const io = require('socket.io')(server);
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
