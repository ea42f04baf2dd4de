const cluster = require('cluster');
const os = require('os');

if (cluster.isMaster) {
  console.log(`Primary ${process.pid} is running`);
  for (let i = 0; i < os.cpus().length; i++) cluster.fork();
  cluster.on('exit', (worker) => {
    console.log(`worker ${worker.process.pid} died`);
    cluster.fork();
  });
} else {
  const app = require('express')();
  const server = require('http').createServer(app);
  const io = require('socket.io')(server, { transports: ['websocket'] });

  app.get('/', (req, res) => res.send(`<p>Worker ${cluster.worker.id} answers</p>`));
  io.on('connection', (socket) => socket.emit('worker', cluster.worker.id));

  server.listen(process.env.PORT || 3000, () => console.log(`Worker ${process.pid} started`));
}
