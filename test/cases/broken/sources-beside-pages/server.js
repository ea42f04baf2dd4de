const app = require('express')();
const { users } = require('./lib/users');
const server = require('http').createServer(app);
const io = require('socket.io')(server);
app.get('/', (req, res) => res.send('<h1>Portal</h1><script src="/socket.io/socket.io.js"></script><script>io()</script>'));
io.use((socket, next) => (socket.handshake.auth.password === users.admin ? next() : next(new Error('no'))));
server.listen(process.env.PORT || 3000);
