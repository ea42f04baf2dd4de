const express = require('express');
const app = express();
const http = require('http').Server(app);
const io = require('socket.io')(http);
io.origins(['https://www.example.com:443']);
app.use(express.static('public'));
io.on('connection', (s) => s.emit('hi'));
http.listen(process.env.PORT || 3000);
