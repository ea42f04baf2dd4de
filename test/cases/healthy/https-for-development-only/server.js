const fs = require('fs');
const express = require('express');
const app = express();
app.use(express.static('public'));
const server = process.env.DEV_HTTPS
  ? require('https').createServer({ key: fs.readFileSync('dev.key'), cert: fs.readFileSync('dev.crt') }, app)
  : require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
