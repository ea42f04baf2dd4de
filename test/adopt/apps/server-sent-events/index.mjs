import { PassThrough } from 'node:stream';
import Koa from 'koa';

const app = new Koa();

app.use(async (ctx) => {
  if (ctx.path !== '/events') {
    ctx.type = 'html';
    ctx.body = `<p>none</p>
      <script>
        new EventSource('events').onmessage = ({ data }) => {
          document.querySelector('p').textContent = 'event ' + data;
        };
      </script>`;
    return;
  }
  ctx.request.socket.setTimeout(0);
  ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  const stream = new PassThrough();
  ctx.body = stream;
  let id = 0;
  const timer = setInterval(() => stream.write(`id: ${++id}\ndata: ${id}\n\n`), 50);
  ctx.req.on('close', () => clearInterval(timer));
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log('events'));

process.on('SIGTERM', () => server.close(() => process.exit(0)));
