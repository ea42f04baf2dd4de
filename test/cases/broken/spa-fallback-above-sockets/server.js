const io = require('socket.io')({ serveClient: true });
const http = require('http').createServer();
io.attach(http);
setInterval(() => io.emit('price', Math.random()), 5000);
http.listen(process.env.PORT || 3001);
