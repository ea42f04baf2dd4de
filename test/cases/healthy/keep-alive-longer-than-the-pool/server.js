const express = require('express');
const app = express();
const server = require('http').createServer(app);
server.keepAliveTimeout = 65_000;
server.headersTimeout = 66_000;
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
app.use(express.static('public'));
server.listen(process.env.PORT || 3000);
