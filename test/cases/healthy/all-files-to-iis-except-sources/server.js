const app = require('express')();
const server = require('http').createServer(app);
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
app.get('/', (req, res) => res.sendFile(__dirname + '/index.html'));
server.listen(process.env.PORT || 3000);
