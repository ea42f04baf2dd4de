const app = require('express')();
const http = require('http').createServer(app);
const io = require('socket.io')(http);
app.get('/', (req, res) => res.send('<h1>Wallboard</h1>'));
io.on('connection', (s) => s.emit('tick', Date.now()));
http.listen(process.env.PORT || 8080);
