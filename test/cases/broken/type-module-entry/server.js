import express from 'express';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const app = express();
const server = createServer(app);
const io = new Server(server);
const items = await Promise.resolve(['first']);
app.get('/', (req, res) => res.send('feed'));
io.on('connection', (socket) => socket.emit('items', items));
server.listen(process.env.PORT ?? 3000);
