import Fastify from 'fastify';
import { Server } from 'socket.io';
import { loadQuotes } from './quotes.js';

const quotes = await loadQuotes();

const app = Fastify();
app.get('/', (request, reply) => reply.redirect('/quotes/0'));
app.get('/quotes/:index', (request, reply) => {
  reply.type('text/html').send(`<!doctype html><title>Quote</title><p>${quotes[request.params.index]}</p>`);
});

const io = new Server(app.server);
io.on('connection', (socket) => {
  socket.on('quote', (index) => socket.emit('quote', quotes[index]));
});

const address = await app.listen({ port: Number(process.env.PORT ?? 8000), host: '::' });
console.log(`quotes at ${address}`);
