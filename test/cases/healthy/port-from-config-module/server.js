const config = require('./config');
const express = require('express');
const app = express();
app.locals.title = config.title;
app.use(express.static('public'));
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('title', config.title));
server.listen(config.port);
