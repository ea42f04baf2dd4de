const { createServer } = require('http');
const next = require('next');
const { Server } = require('socket.io');
const app = next({ dev: process.env.NODE_ENV !== 'production' });
const handle = app.getRequestHandler();
app.prepare().then(() => {
  const server = createServer((req, res) => handle(req, res));
  const io = new Server(server);
  io.on('connection', (socket) => socket.emit('hello'));
  server.listen(process.env.PORT || 3000);
});
