const cluster = require('cluster');
if (cluster.isMaster && !process.env.IISNODE_VERSION) {
  for (let i = 0; i < 4; i++) cluster.fork();
} else {
  const express = require('express');
  const app = express();
  app.use(express.static('public'));
  const server = require('http').createServer(app);
  require('socket.io')(server).on('connection', (s) => s.emit('hi'));
  server.listen(process.env.PORT || 3000);
}
