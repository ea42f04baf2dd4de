const Hapi = require('@hapi/hapi');
const { Server } = require('socket.io');

const settings = { port: Number(process.env.PORT) || 46105, host: '127.0.0.1' };

async function init() {
  const server = Hapi.server(settings);
  server.route({ method: 'GET', path: '/', handler: () => '<!doctype html><title>Chat</title>' });
  new Server(server.listener).on('connection', (socket) => socket.emit('news', 'hi'));
  await server.start();
}
init();
