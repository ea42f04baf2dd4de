const app = require('express')();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.use('/api', (req, res) => res.json({ ok: true }));
app.use((req, res) => res.send('node'));
io.on('connection', (socket) => socket.emit('welcome'));
server.listen(process.env.PORT || 4000);
