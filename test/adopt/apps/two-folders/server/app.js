const express = require('express');
const fs = require('fs');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);

const levels = JSON.parse(fs.readFileSync('./levels.json', 'utf8'));

app.use(express.static('../client'));
io.on('connection', (socket) => socket.emit('levels', levels.length));

server.listen(process.env.PORT || 8081, () => console.log('game server'));
