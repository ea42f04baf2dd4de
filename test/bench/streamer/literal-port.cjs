// The sample of 2013 ported word by word to socket.io 4: a timer and a socket.emit for each viewer.
const app = require('node:http').createServer();
const { Server } = require('socket.io');
const inferno = require(process.env.INFERNO);

const interval = Number(process.env.STANZA_INTERVAL);
const io = new Server(app, { transports: ['websocket'] });

io.on('connection', (socket) => {
  let index = 0;
  let timer = null;
  function next() {
    if (index === inferno.length) return socket.emit('end', { stanzas: inferno.length });
    socket.emit('stanza', { index, lines: inferno[index] });
    index += 1;
    timer = setTimeout(next, interval);
  }
  next();
  socket.on('disconnect', () => clearTimeout(timer));
});

app.listen(0, () => console.log('port', app.address().port));
