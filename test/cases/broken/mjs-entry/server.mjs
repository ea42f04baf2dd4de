import express from 'express';
import http from 'node:http';
import { Server } from 'socket.io';
const app = express();
const server = http.createServer(app);
new Server(server).on('connection', (socket) => socket.emit('hi'));
app.get('/', (req, res) => res.send('feed'));
server.listen(process.env.PORT);
