const cluster = require('node:cluster');
const os = require('node:os');

if (cluster.isPrimary) {
  for (let i = 0; i < os.cpus().length; i++) cluster.fork();
  cluster.on('exit', () => cluster.fork());
} else {
  const app = require('express')();
  const server = require('http').createServer(app);
  const io = require('socket.io')(server, { transports: ['websocket'] });
  app.get('/', (req, res) => res.send('worker ' + process.pid));
  io.on('connection', (socket) => socket.emit('pid', process.pid));
  server.listen(process.env.PORT || 3000);
}
