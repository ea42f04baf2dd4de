const express = require('express');
const app = express();
const server = app.listen(process.env.PORT || 3000, '127.0.0.1', () => console.log('long polling'));
const io = require('socket.io')(server, {
  transports: ['polling'],
  allowUpgrades: false,
  cookie: { name: 'io', httpOnly: true, path: '/', sameSite: 'lax' },
});

app.use(express.static(`${__dirname}/www`));

io.on('connection', (socket) => {
  let count = 0;
  const timer = setInterval(() => socket.emit('tick', ++count), 50);
  socket.on('disconnect', () => clearInterval(timer));
});
