const http = require('http');
const { Server } = require('socket.io');

const entries = ['Ada was here', 'so was Grace'];

const page = () => `<!doctype html>
<title>Guestbook</title>
<ul id="entries">${entries.map((entry) => `<li>${entry}</li>`).join('')}</ul>
<script type="module">
  import { io } from '/socket.io/socket.io.esm.min.js';
  const socket = io();
  socket.on('entry', (entry) => {
    document.getElementById('entries').append(Object.assign(document.createElement('li'), { textContent: entry }));
  });
</script>
`;

const server = http.createServer((request, response) => {
  if (request.url !== '/') {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.write(page());
});

const io = new Server(server);
io.on('connection', (socket) => {
  socket.on('entry', (entry) => {
    entries.push(String(entry));
    io.emit('entry', String(entry));
  });
});

server.listen(process.env.PORT || 3000);
