import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { Server } from 'socket.io';

const app = new Hono();
app.get('/api/me', (c) => c.json({ path: c.req.path, address: c.env.incoming.socket.remoteAddress }));
app.get('/go', (c) => c.redirect('/api/me'));
app.use('/*', serveStatic({ root: './static' }));

const server = serve({ fetch: app.fetch, port: 3000 }, ({ port }) => console.log(`http://localhost:${port}`));
new Server(server).on('connection', (socket) => socket.emit('hello', `from hono, ${process.env.NAME ?? 'unnamed'}`));
