const express = require('express');
const { Server } = require('socket.io');

const PORT = Number(process.env.PORT);
if (Number.isNaN(PORT)) throw new Error('PORT has to be a number');

const app = express();
app.get('/', (req, res) => res.type('html').send('<h1>Echo</h1><p>Send <code>echo</code> with an acknowledgement.</p>'));
app.get('/health', (req, res) => res.json({ ok: true }));

const server = app.listen(PORT, '0.0.0.0', (error) => {
  if (error) throw error;
  console.log(`up on ${server.address().port}`);
});

const io = new Server(server);
io.on('connection', (socket) => {
  socket.on('echo', (text, answer) => answer(text));
  socket.on('say', (text) => socket.emit('said', text));
});
