const http = require('http');
const Koa = require('koa');
const serve = require('koa-static');
const { Server } = require('socket.io');

const app = new Koa();
app.proxy = true;
app.keys = ['a secret of this app'];

app.use(async (ctx, next) => {
  const visits = Number(ctx.cookies.get('visits', { signed: true }) || 0) + 1;
  ctx.cookies.set('visits', String(visits), { signed: true });
  ctx.state.visits = visits;
  await next();
});

app.use(async (ctx, next) => {
  if (ctx.path === '/visits') ctx.body = `You were here ${ctx.state.visits} times`;
  else if (ctx.path === '/start') ctx.redirect('/visits');
  else await next();
});

app.use(serve('public'));

const server = http.createServer(app.callback());
const io = new Server(server);
io.on('connection', (socket) => socket.emit('greeting', 'koa'));

server.listen(process.env.PORT || 3000, () => console.log('koa listens', server.address()));
