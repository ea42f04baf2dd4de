const express = require('express');
const app = express();
const server = require('http').createServer(app);
require('socket.io')(server);
app.use(express.static('public'));

const waiting = setInterval(() => {
  if (!process.env.CHAT_LICENSE_FILE) return;
  clearInterval(waiting);
  server.listen(process.env.PORT);
}, 500);
