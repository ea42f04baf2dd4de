const express = require('express');
const app = express();
const server = require('http').Server(app);
const io = require('socket.io')(server);

app.use('/assets', express.static(__dirname + '/assets'));
app.get('/', (req, res) => res.redirect('/room/lobby'));
app.get('/room/:name', (req, res) => res.sendFile(__dirname + '/room.html'));

io.on('connection', (socket) => {
  socket.on('join', (room, done) => {
    socket.join(room);
    done();
  });
  socket.on('message', (room, text) => io.to(room).emit('message', room, text));
});

server.listen(process.env.PORT || 3000, () => console.log('rooms are open'));
