const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const app = express();
const server = createServer(app);
const io = new Server(server, { path: '/desk/socket.io' });

app.get('/desk/', (request, response) => response.send('<div id="app"></div>'));
io.on('connection', (socket) => socket.join('desk'));
server.listen(process.env.PORT ?? 3000);
