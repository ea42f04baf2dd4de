const http = require('http');
const Koa = require('koa');
const { Server } = require('socket.io');

const app = new Koa();
app.use((ctx) => {
  ctx.type = 'html';
  ctx.body = '<p>rooms</p><script src="/socket.io/socket.io.js"></script><script>io()</script>';
});
const httpServer = http.createServer(app.callback());
const io = new Server(httpServer);
io.on('connection', (socket) => socket.emit('rooms', []));
httpServer.listen(process.env.PORT ?? 3000);
