const express = require('express');
const app = express();
app.disable('x-powered-by');
app.use((req, res, next) => {
  res.set({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer' });
  next();
});
app.use(express.static('public', { maxAge: '1h' }));
app.use((req, res) => res.status(404).send('<h1>not here</h1>'));
app.use((err, req, res, next) => res.status(500).send('<h1>sorry</h1>'));
const server = app.listen(process.env.PORT || 3000);
const io = require('socket.io')(server);
io.on('connection', (s) => s.emit('hi'));
