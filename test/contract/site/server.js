// Says what node sees, as JSON; an upgrade is answered with 101 and echoed.
const http = require('node:http');

const server = http.createServer((request, response) => {
  const { method, url, headers } = request;
  const status = Number(new URL(url, 'http://x').searchParams.get('status') ?? 200);
  response.writeHead(status, { 'Content-Type': 'application/json', 'X-Node': '1' });
  response.end(JSON.stringify({ method, url, original: headers['x-original-url'], setting: process.env.CONTRACT }));
});
server.on('upgrade', (_request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Node: 1\r\n\r\n');
  socket.pipe(socket);
  socket.on('error', () => socket.destroy());
});
server.listen(process.env.PORT);
