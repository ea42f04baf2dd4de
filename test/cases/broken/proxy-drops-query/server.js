const app = require('express')();
const http = require('http').Server(app);
require('socket.io')(http).on('connection', (s) => s.emit('hi'));
app.get('/', (req, res) => res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
http.listen(5000, '127.0.0.1');
