const express = require('express');
const app = express();
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
app.use(express.static('public'));
app.get('/events', (req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
  res.write('data: hello\n\n');
});
server.listen(process.env.PORT || 3000);
