// The sample of 2013 with its socket.io 0.9, for Node 0.10: io.configure, and a timer and a socket.emit for each viewer.
// Its debug log, on by default, is off here: that favours it. Only the stanza itself is today's, so that all send the same.
// biome-ignore-all lint/style/useNodejsImportProtocol: unknown to Node 0.10
// biome-ignore-all lint/suspicious/noVar: Node 0.10 has no let
// biome-ignore-all lint/complexity/useArrowFunction: unknown to Node 0.10
const app = require('http').createServer();
const io = require(process.env.SOCKET_IO).listen(app, { 'log level': 1 });
const inferno = require(process.env.INFERNO);

const interval = Number(process.env.STANZA_INTERVAL);

io.configure(function () {
  io.set('transports', ['websocket']);
});

io.sockets.on('connection', function (socket) {
  var index = 0;
  var timer = null;
  function next() {
    if (index === inferno.length) return socket.emit('end', { stanzas: inferno.length });
    socket.emit('stanza', { index: index, lines: inferno[index] });
    index += 1;
    timer = setTimeout(next, interval);
  }
  next();
  socket.on('disconnect', function () {
    clearTimeout(timer);
  });
});

app.listen(0, function () {
  console.log('port', app.address().port);
});
