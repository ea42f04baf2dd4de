const fs = require('fs');
const path = require('path');
const express = require('express');
const app = express();
const server = require('http').createServer(app);
const io = require('socket.io')(server);
const db = path.join(__dirname, 'db.json');
app.use(express.static(path.join(__dirname, 'public')));
io.on('connection', (socket) => {
  socket.on('chat message', (text) => {
    fs.writeFileSync(db, JSON.stringify({ last: text }));
    io.emit('chat message', text);
  });
});
server.listen(process.env.PORT || 3000);
