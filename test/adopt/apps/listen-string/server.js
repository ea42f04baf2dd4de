var http = require('http');
var fs = require('fs');
var path = require('path');

var port = process.env.PORT || '3000';

var server = http.createServer(function (req, res) {
  if (req.url === '/' || req.url === '/index.html') {
    res.writeHead(200, { 'Content-Type': 'text/html' });
    fs.createReadStream(path.join(__dirname, 'index.html')).pipe(res);
  } else {
    res.writeHead(404, { 'Content-Type': 'text/plain' });
    res.end('Not found: ' + req.url);
  }
});

var io = require('socket.io')(server, { serveClient: true });

setInterval(function () {
  io.emit('time', new Date().toISOString());
}, 200).unref();

server.listen(port, '0.0.0.0', function () {
  console.log('The clock runs at http://localhost:' + server.address().port);
});
