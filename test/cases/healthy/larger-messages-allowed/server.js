const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server, { maxHttpBufferSize: 5e7 });
app.use(express.static('public'));
io.on('connection', (s) => s.on('upload', (b, done) => done(b.length)));
server.listen(process.env.PORT || 3000);
