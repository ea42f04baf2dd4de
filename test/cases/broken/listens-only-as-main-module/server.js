const http = require('http');
const express = require('express');
const app = express();
app.use(express.static(__dirname + '/public'));
const server = http.createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));

if (require.main === module) {
  server.listen(process.env.PORT || 3000);
}
module.exports = server;
