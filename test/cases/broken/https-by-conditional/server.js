const express = require('express');
const http = require('http');
const { Server } = require('socket.io');

const app = express();
app.use((req, res, next) => (req.protocol === 'https' ? next() : res.redirect(301, `https://${req.headers.host}${req.url}`)));
app.use(express.static('public'));
const server = http.createServer(app);
new Server(server).on('connection', (socket) => socket.emit('news', 'hi'));
server.listen(process.env.PORT || 3000);
