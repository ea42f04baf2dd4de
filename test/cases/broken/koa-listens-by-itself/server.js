const Koa = require('koa');
const { createServer } = require('http');
const { Server } = require('socket.io');

const app = new Koa();
const server = createServer(app.callback());
const io = new Server(server);
io.on('connection', (socket) => socket.emit('welcome'));
app.use((context) => {
  context.type = 'html';
  context.body = '<script src="socket.io/socket.io.js"></script><script>io()</script>';
});
app.listen(process.env.PORT || 3000);
