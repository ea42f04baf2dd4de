// Says what it got.
const http = require('node:http');
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => {
    body += piece;
  });
  request.on('end', () => {
    const { searchParams } = new URL(request.url, 'http://x');
    response.statusCode = Number(searchParams.get('status') ?? 200);
    response.setHeader('X-Node', '1');
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body, setting: process.env.SETTING, env: process.env.NODE_ENV }));
  });
});
server.on('upgrade', (request, socket) => {
  socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Node: 1\r\n\r\n');
});
server.listen(process.env.PORT);
