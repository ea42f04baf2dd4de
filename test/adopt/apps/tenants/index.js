'use strict';
const { createServer } = require('http');
const { Server } = require('socket.io');

const httpServer = createServer((req, res) => res.writeHead(426, { 'Content-Type': 'text/plain' }).end('sockets only'));
const io = new Server(httpServer, { serveClient: false, connectTimeout: 10000 });
const tokens = { red: 'r-1', blue: 'b-2' };

io.of(/^\/tenant-\w+$/)
  .use((socket, next) => {
    const tenant = socket.nsp.name.slice('/tenant-'.length);
    if (tokens[tenant] !== socket.handshake.auth.token) return next(Object.assign(new Error('forbidden'), { data: { tenant } }));
    socket.data.tenant = tenant;
    next();
  })
  .on('connection', (socket) => {
    socket.on('shout', (text) => socket.nsp.emit('heard', socket.data.tenant, text));
  });
io.of('/').use((socket, next) => next(new Error('no main namespace')));

httpServer.listen(+(process.env.PORT || 3456));
process.stdout.write('tenants\n');
