const cluster = require('cluster');
const http = require('http');
const { Server } = require('socket.io');
const { availableParallelism } = require('os');
const { setupMaster, setupWorker } = require('@socket.io/sticky');
const { createAdapter, setupPrimary } = require('@socket.io/cluster-adapter');

if (cluster.isPrimary) {
  const httpServer = http.createServer();
  setupMaster(httpServer, { loadBalancingMethod: 'least-connection' });
  setupPrimary();
  httpServer.listen(3000);
  for (let i = 0; i < availableParallelism(); i++) cluster.fork();
} else {
  console.log(`worker ${process.pid}`);
  const httpServer = http.createServer();
  const io = new Server(httpServer);
  io.adapter(createAdapter());
  setupWorker(io);
  io.on('connection', (socket) => {
    socket.on('say', (text) => io.emit('said', text));
  });
}
