const express = require('express');
const { createServer } = require('http');
const { Server } = require('socket.io');
const { createClient } = require('redis');
const { createAdapter } = require('@socket.io/redis-streams-adapter');

async function main() {
  const app = express();
  app.get('/', (req, res) => {
    res.send('<script src="/socket.io/socket.io.js"></script><script>io({ transports: ["websocket"] })</script>');
  });
  const client = createClient({ url: process.env.REDIS_URL });
  await client.connect();
  const server = createServer(app);
  const io = new Server(server, { transports: ['websocket'], adapter: createAdapter(client) });
  io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));
  server.listen(process.env.PORT || 3000);
}
main();
