const express = require('express');
const app = express();
const http = require('http').createServer(app);
const io = require('socket.io')(http, { cors: { origin: 'https://www.example.com' } });
app.use(express.static('public'));
io.on('connection', (socket) => { socket.join('lobby'); io.to('lobby').emit('joined', socket.id); });
http.listen(process.env.PORT || 3000);
