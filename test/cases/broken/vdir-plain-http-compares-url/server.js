const fs = require('fs');
const http = require('http');
const { Server } = require('socket.io');
const base = (process.env.virtualDirPath || '').replace(/\/$/, '');
const page = fs.readFileSync(__dirname + '/public/index.html');
const server = http.createServer(onRequest);
function onRequest(request, response) {
  if (request.url === '/') {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(page);
  } else {
    response.writeHead(404);
    response.end();
  }
}
const io = new Server(server, { path: base + '/socket.io' });
io.on('connection', (socket) => socket.on('say', (text) => io.emit('said', text)));
server.listen(process.env.PORT || 3000);
