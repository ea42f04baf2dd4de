const { createServer } = require('http');
const { readFileSync } = require('fs');
const fastify = require('fastify')();
const { Server } = require('socket.io');

fastify.get('/', (request, reply) => reply.type('text/html').send(readFileSync(`${__dirname}/page.html`)));
const sockets = createServer();
new Server(sockets, { cors: { origin: '*' } }).on('connection', (socket) => socket.emit('news', 'hi'));
sockets.listen(46104);
fastify.listen({ path: process.env.PORT });
