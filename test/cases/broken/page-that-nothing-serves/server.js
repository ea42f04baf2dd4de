const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.get('/health', (req, res) => res.send('ok'));
setInterval(() => io.emit('quote', Math.random()), 1000);
server.listen(process.env.PORT || 3000);
