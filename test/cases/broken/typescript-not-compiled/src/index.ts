import express from 'express';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const app = express();
const server = createServer(app);
const io = new Server(server);
app.get('/', (_req, res) => { res.send('ok'); });
io.on('connection', (socket) => { socket.emit('ready'); });
server.listen(process.env.PORT ?? 3000);
