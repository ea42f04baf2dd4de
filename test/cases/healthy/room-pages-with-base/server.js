const path = require('path');
const express = require('express');
const app = express();
app.use(express.static(path.join(__dirname, 'public')));
app.get('/room/:id', (req, res) => res.sendFile(path.join(__dirname, 'public/index.html')));
const server = require('http').createServer(app);
const io = require('socket.io')(server);
io.on('connection', (socket) => socket.join('lobby'));
server.listen(process.env.PORT || 3000);
