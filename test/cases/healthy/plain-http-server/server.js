const fs = require('fs');
const http = require('http');
const server = http.createServer((req, res) => {
  if (req.url !== '/') {
    res.writeHead(404);
    return res.end();
  }
  res.writeHead(200, { 'Content-Type': 'text/html' });
  fs.createReadStream(__dirname + '/page.html').pipe(res);
});
const io = require('socket.io')(server);
setInterval(() => io.emit('time', new Date().toISOString()), 1000);
server.listen(process.env.PORT || 8080);
