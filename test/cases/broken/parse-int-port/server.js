const express = require('express');
const app = express();
const http = require('http').createServer(app);
const io = require('socket.io')(http);
const PORT = parseInt(process.env.PORT, 10) || 43121;
app.use(express.static('public'));
io.on('connection', () => console.log('connected'));
http.listen(PORT, '0.0.0.0', () => console.log(`up on ${PORT}`));
