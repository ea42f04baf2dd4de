const app = require('express')();
const http = require('http').Server(app);
const io = require('socket.io')(http);
app.get('/', (req, res) => {
  res.send('<link rel="stylesheet" href="site.css"><h1>Ticker</h1><script src="socket.io/socket.io.js"></script><script>io()</script>');
});
io.on('connection', (socket) => socket.emit('quote', 42));
http.listen(process.env.PORT || 3000);
