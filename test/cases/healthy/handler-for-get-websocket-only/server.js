const page = `<script src="/socket.io/socket.io.js"></script><script>io({ transports: ['websocket'] })</script>`;
const server = require('http').createServer((q, r) => r.end(page));
require('socket.io')(server, { transports: ['websocket'] }).on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT);
