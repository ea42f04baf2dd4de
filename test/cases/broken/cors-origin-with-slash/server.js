const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server, {
  cors: {
    origin: 'https://app.contoso.com/',
    methods: ['GET', 'POST'],
  },
});
app.get('/health', (req, res) => res.json({ ok: true }));
io.on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
