const express = require('express');
const compression = require('compression');
const helmet = require('helmet');
const { createServer } = require('http');
const { Server } = require('socket.io');

const app = express();
app.set('trust proxy', 1);
app.use(helmet());
app.use(compression({ threshold: 0 }));
app.use(express.static(__dirname + '/public'));
app.get('/me', (req, res) => res.json({ ip: req.ip, secure: req.secure }));

const server = createServer(app);
const io = new Server(server);
io.on('connection', (socket) => socket.emit('address', socket.handshake.address));

server.listen(process.env.PORT || 3000, () => console.log('small and safe'));
