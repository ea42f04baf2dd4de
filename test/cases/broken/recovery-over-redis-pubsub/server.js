const express = require('express');
const { createServer } = require('http');
const { Server } = require('socket.io');
const { createClient } = require('redis');
const { createAdapter } = require('@socket.io/redis-adapter');

const app = express();
const server = createServer(app);
const pubClient = createClient({ url: process.env.REDIS_URL });
const subClient = pubClient.duplicate();
app.use(express.static('public'));

Promise.all([pubClient.connect(), subClient.connect()]).then(() => {
  const io = new Server(server, {
    connectionStateRecovery: { maxDisconnectionDuration: 2 * 60 * 1000 },
    adapter: createAdapter(pubClient, subClient),
  });
  io.on('connection', (socket) => io.emit('joined', socket.id));
  server.listen(process.env.PORT || 3000);
});
