const Koa = require('koa');
const { Server } = require('socket.io');

const app = new Koa();
app.use((ctx) => { ctx.body = 'rooms'; });
const httpServer = app.listen(43120);
const io = new Server(httpServer);
io.on('connection', (socket) => socket.emit('rooms', []));
