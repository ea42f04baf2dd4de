const express = require('express');
const http = require('http');
const { Server } = require('socket.io');

const app = express();
const server = http.createServer(app);
const io = new Server(server, { path: (process.env.virtualDirPath || '/').replace(/\/$/, '') + '/socket.io' });
app.get('/dante/rooms', (request, response) => response.json(['lobby']));

// iisnode gives the name of a pipe
server.listen(process.env.PORT || 3000);
