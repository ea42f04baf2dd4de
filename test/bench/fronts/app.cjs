// The app behind every front: a small response, and for an upgrade an echo of all bytes.
const server = require('node:http').createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 5 });
  response.end('divin');
});
server.on('upgrade', (_request, socket, head) => {
  socket.setNoDelay?.(true);
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
  if (head.length > 0) socket.write(head);
  socket.on('data', (bytes) => socket.write(bytes));
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
});
server.keepAliveTimeout = 60_000;
server.listen(process.env.PORT || 0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
