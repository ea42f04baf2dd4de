const express = require('express');
const { rateLimit } = require('express-rate-limit');
const { Server } = require('socket.io');

const app = express();
app.get('/', (req, res) => res.send('<h1>API</h1><p>Ask /api/quote</p>'));
app.use('/api', rateLimit({ windowMs: 60_000, limit: 3, standardHeaders: 'draft-8', legacyHeaders: false }));
app.get('/api/quote', (req, res) => {
  const [family] = req.socket.remoteAddress.split(':').length > 1 ? ['IPv6'] : ['IPv4'];
  res.json({ quote: 'All hope abandon', family });
});

const server = app.listen(process.env.PORT || 3000, () => console.log('three requests a minute'));
const perAddress = new Map();
const io = new Server(server);
io.use((socket, next) => {
  const count = (perAddress.get(socket.handshake.address) ?? 0) + 1;
  perAddress.set(socket.handshake.address, count);
  next(count > 100 ? new Error('too many') : undefined);
});
io.on('connection', (socket) => socket.emit('welcome', typeof socket.handshake.address));
