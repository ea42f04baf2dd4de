const fastify = require('fastify')();
const { Server } = require('socket.io');

fastify.get('/', (request, reply) => {
  reply.type('text/html').send('<p>feed</p><script src="/socket.io/socket.io.js"></script><script>io()</script>');
});
const io = new Server(fastify.server);
io.on('connection', (socket) => socket.emit('item', 1));

const port = process.env.PORT || '3000';
const where = /^\d+$/.test(port) ? { port: Number(port), host: '0.0.0.0' } : { path: port };
fastify.listen(where).catch((error) => {
  console.error(error);
  process.exit(1);
});
