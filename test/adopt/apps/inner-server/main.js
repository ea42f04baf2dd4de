const http = require('http');
const fs = require('fs');
const { Server } = require('socket.io');

// socket.io has a server of its own that never listens: requests and upgrades are given to it by hand.
const inner = http.createServer();
const io = new Server(inner, { transports: ['polling', 'websocket'] });
io.on('connection', (socket) => socket.on('add', (a, b, done) => done(a + b)));

const server = http.createServer();
server.on('request', (req, res) => {
  if (req.url.startsWith('/socket.io/')) return inner.emit('request', req, res);
  if (req.url !== '/') return res.writeHead(404).end('nothing here');
  res.setHeader('Content-Type', 'text/html; charset=utf-8');
  fs.createReadStream(`${__dirname}/calc.html`).pipe(res);
});
server.on('upgrade', (req, socket, head) => {
  if (req.url.startsWith('/socket.io/')) inner.emit('upgrade', req, socket, head);
  else socket.destroy();
});

const { PORT = 1337 } = process.env;
server.listen(PORT);
console.log('listening on', PORT);
