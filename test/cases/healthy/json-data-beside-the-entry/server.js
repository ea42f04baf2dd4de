const fs = require('fs');
const express = require('express');
const app = express();
app.use(express.static('public'));
const server = require('http').createServer(app);
const io = require('socket.io')(server);
io.on('connection', (s) => s.on('score', (n) => fs.writeFileSync(__dirname + '/data.json', JSON.stringify({ n }))));
server.listen(process.env.PORT || 3000);
