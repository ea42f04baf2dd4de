const fs = require('fs');
const http = require('http');
const { Server } = require('socket.io');
const base = (process.env.virtualDirPath || '').replace(/\/$/, '');
const page = fs.readFileSync(__dirname + '/public/index.html');
const server = http.createServer((request, response) => {
  const url = request.url.startsWith(base) ? request.url.slice(base.length) : request.url;
  if (url !== '/') return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'text/html' }).end(page);
});
const io = new Server(server, { path: base + '/socket.io' });
io.on('connection', (socket) => socket.emit('hello'));
server.listen(process.env.PORT || 3000);
