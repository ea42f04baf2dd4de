const express = require('express');
const { createServer } = require('node:http');
const { Server } = require('socket.io');

let connections = 0;

const metrics = express();
metrics.get('/metrics', (req, res) => res.type('text').send(`connections_total ${connections}\n`));
metrics.listen(9464, () => console.log('metrics on port 9464'));

const app = express();
app.get('/', (req, res) => res.send('<h1>The app</h1>'));
const server = createServer(app);
new Server(server).on('connection', (socket) => {
  connections += 1;
  socket.emit('you', socket.id.length);
});
server.listen(process.env.PORT || 3000);
