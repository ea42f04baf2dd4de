const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.get('/api/boards', (q, r) => r.json([]));
io.on('connection', () => {});
server.listen(4000);
