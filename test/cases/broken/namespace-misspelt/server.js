const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.use(express.static('public'));
const news = io.of('/news');
news.on('connection', (socket) => socket.emit('item', 'hello'));
server.listen(process.env.PORT || 3000);
