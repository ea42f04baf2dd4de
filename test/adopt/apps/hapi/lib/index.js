'use strict';

const Hapi = require('@hapi/hapi');
const { Server } = require('socket.io');

const init = async () => {
  const server = Hapi.server({ port: process.env.PORT || 3000, host: 'localhost' });
  const io = new Server(server.listener);
  let isOn = false;

  server.route({ method: 'GET', path: '/', handler: () => `<h1>Light</h1><p>The light is ${isOn ? 'on' : 'off'}</p>` });
  server.route({
    method: 'POST',
    path: '/switch',
    handler: (request, h) => {
      isOn = !isOn;
      io.emit('light', isOn);
      return h.redirect('/');
    },
  });
  io.on('connection', (socket) => socket.emit('light', isOn));

  await server.start();
  console.log('Server running on %s', server.info.uri);
};

process.on('unhandledRejection', (err) => {
  console.log(err);
  process.exit(1);
});

init();
