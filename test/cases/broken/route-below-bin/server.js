const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.use(express.static('public'));
app.get('/bin/:file', (req, res) => res.send('firmware'));
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
