const express = require('express');
const morgan = require('morgan');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.use(morgan('dev'));
app.use(express.static('public'));
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
