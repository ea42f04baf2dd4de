const fs = require('fs');
const https = require('https');
const express = require('express');
const app = express();
const options = {
  key: fs.readFileSync('C:/certs/privkey.pem'),
  cert: fs.readFileSync('C:/certs/fullchain.pem'),
};
const server = https.createServer(options, app);
const io = require('socket.io')(server);
app.get('/', (req, res) => res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'));
io.on('connection', (s) => s.emit('hello'));
server.listen(process.env.PORT || 443);
