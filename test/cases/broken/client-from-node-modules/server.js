const app = require('express')();
const http = require('http').Server(app);
const io = require('socket.io')(http);
app.get('/', (req, res) => {
  res.send('<h1>Ticker</h1><script src="/vendor/socket.io-client/dist/socket.io.min.js"></script><script>io()</script>');
});
io.on('connection', (socket) => socket.emit('quote', 42));
http.listen(process.env.PORT || 3000);
