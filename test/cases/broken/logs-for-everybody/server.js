const server = require('http').createServer((req, res) => {
  res.setHeader('content-type', 'text/html');
  res.end('<script src="/socket.io/socket.io.js"></script><script>io()</script>');
});
require('socket.io')(server);
server.listen(process.env.PORT);
