const express = require('express');
const app = express();
const http = require('http').createServer(app);
const io = require('socket.io')(http);
app.use('/assets', express.static('public'));
app.get('*', (req, res) => res.sendFile(__dirname + '/public/index.html'));
io.on('connection', () => {});
http.listen(process.env.PORT || 3000);
