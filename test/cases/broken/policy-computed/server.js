const express = require('express');
const settings = require('./security.json');
const app = express();
const server = require('http').Server(app);
const io = require('socket.io')(server);

const policy = Object.keys(settings).map((name) => `${name} ${settings[name].join(' ')}`);

app.use((req, res, next) => {
  res.setHeader('Content-Security-Policy', policy.join('; '));
  next();
});
app.use(express.static(__dirname + '/public'));

io.on('connection', (socket) => {
  socket.on('chat message', (msg) => io.emit('chat message', msg));
});

server.listen(process.env.PORT || 3000);
