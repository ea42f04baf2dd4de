const path = require('node:path');
const express = require('express');
const { Server } = require('socket.io');

const app = express();
app.use(express.static(path.join(__dirname, '../../client/dist')));
app.get('/api/state', (req, res) => res.json({ state: 'fine' }));

const server = app.listen(process.env.PORT || 3001, () => console.log('server of the monorepo'));
new Server(server).on('connection', (socket) => socket.emit('state', 'fine'));
