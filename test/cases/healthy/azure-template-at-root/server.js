var express = require('express');
var app = express();
var http = require('http').createServer(app);
var io = require('socket.io')(http);
app.get('/', function (req, res) {
  res.send('<link rel="stylesheet" href="/site.css"><h1>Azure</h1><script src="/socket.io/socket.io.js"></script><script>io();</script>');
});
io.on('connection', function (socket) { socket.emit('hello'); });
http.listen(process.env.PORT || 1337);
