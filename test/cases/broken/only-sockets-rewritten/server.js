const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.get('/api/rooms', (req, res) => res.json(['lobby']));
app.post('/api/rooms', express.json(), (req, res) => res.status(201).end());
io.on('connection', (s) => s.emit('rooms', ['lobby']));
server.listen(process.env.PORT || 3000);
