const fastify = require('fastify')({ logger: false });
const { Server } = require('socket.io');

fastify.get('/', async () => ({ hello: 'feed' }));

const start = async () => {
  const io = new Server(fastify.server);
  io.on('connection', (socket) => socket.emit('item', 1));
  await fastify.listen({ port: process.env.PORT || 3000, host: '0.0.0.0' });
};
start();
