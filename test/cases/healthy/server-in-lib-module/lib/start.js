const { createServer } = require('http');
const app = require('./app');
const sockets = require('./sockets');
module.exports = function start(port) {
  const server = createServer(app);
  sockets.attach(server);
  server.listen(port);
  return server;
};
