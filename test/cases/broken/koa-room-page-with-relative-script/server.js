const Koa = require('koa');
const Router = require('@koa/router');
const send = require('koa-send');
const serve = require('koa-static');

const app = new Koa();
const rooms = new Router({ prefix: '/rooms' });
rooms.get('/:id', async (ctx) => {
  await send(ctx, 'room.html', { root: `${__dirname}/public` });
});
app.use(serve(`${__dirname}/public`));
app.use(rooms.routes());

const server = require('http').createServer(app.callback());
require('socket.io')(server).on('connection', (socket) => socket.emit('hello'));

// iisnode gives the name of a pipe
server.listen(process.env.PORT || 3000);
