const app = require('express')();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
require('./lib/rooms')(io);
app.get('/', (req, res) => res.sendFile(__dirname + '/public/index.html'));
server.listen(process.env.PORT);
