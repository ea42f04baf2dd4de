const path = require('node:path');
const fastify = require('fastify')({ logger: { level: 'info' }, trustProxy: true });
const { Server } = require('socket.io');

fastify.register(require('@fastify/static'), { root: path.join(__dirname, 'public') });
fastify.get('/api/ip', async (request) => ({ ip: request.ip }));

const notes = [];
const io = new Server(fastify.server);
io.on('connection', (socket) => {
  socket.emit('notes', notes);
  socket.on('note', (text) => {
    notes.push(text);
    io.emit('notes', notes);
  });
});

const start = async () => {
  try {
    await fastify.listen({ port: process.env.PORT || 3000, host: '0.0.0.0' });
  } catch (error) {
    fastify.log.error(error);
    process.exit(1);
  }
};
start();
