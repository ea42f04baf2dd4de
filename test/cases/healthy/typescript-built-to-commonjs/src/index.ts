import express from 'express';
import { createServer } from 'http';
import { Server, type Socket } from 'socket.io';

interface Item { id: number; title: string }
const items: Item[] = [{ id: 1, title: 'first' }];
const app = express();
const server = createServer(app);
const io = new Server(server);
app.get('/', (_req, res) => { res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'); });
io.on('connection', (socket: Socket) => { socket.emit('items', items); });
server.listen(process.env.PORT ?? 3000);
