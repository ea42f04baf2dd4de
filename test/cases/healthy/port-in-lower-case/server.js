const express = require('express');
const app = express();
app.set('port', process.env.port || 3000);
app.use(express.static(__dirname + '/public'));
const server = require('http').createServer(app);
const io = require('socket.io')(server, { cors: { origin: ['https://app.contoso.com', /\.contoso\.com$/] } });
io.on('connection', (s) => { s.join('lobby'); s.to('lobby').emit('hi'); });
server.listen(app.get('port'));
