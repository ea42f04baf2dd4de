import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { Server as Engine } from 'engine.io';
import { createApp, createRouter, defineEventHandler, sendRedirect, toNodeListener } from 'h3';
import { Server } from 'socket.io';

const engine = new Engine();
const io = new Server();
io.bind(engine);
io.on('connection', (socket) => socket.emit('hello', 'from h3'));

const file = async (name, type) => {
  const text = await readFile(new URL(name, import.meta.url), 'utf8');
  return new Response(text, { headers: { 'content-type': type } });
};

const app = createApp();
const router = createRouter();
router.get(
  '/',
  defineEventHandler(() => file('./index.html', 'text/html')),
);
router.get(
  '/page.js',
  defineEventHandler(() => file('./page.js', 'text/javascript')),
);
router.get(
  '/client.js',
  defineEventHandler(() => file('./node_modules/socket.io/client-dist/socket.io.min.js', 'text/javascript')),
);
router.get(
  '/old',
  defineEventHandler((event) => sendRedirect(event, '/')),
);
app.use(router);
app.use(
  '/engine/',
  defineEventHandler((event) => {
    engine.handleRequest(event.node.req, event.node.res);
    event._handled = true;
  }),
);

const server = createServer(toNodeListener(app));
server.on('upgrade', (request, socket, head) => {
  if (request.url.startsWith('/engine/')) engine.handleUpgrade(request, socket, head);
});
server.listen({ port: process.env.NITRO_PORT || process.env.PORT || 3000, host: process.env.HOST }, () => {
  console.log('listening');
});
