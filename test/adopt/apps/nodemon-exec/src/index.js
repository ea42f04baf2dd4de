const { readFileSync } = require('node:fs');
const { getHeapStatistics } = require('node:v8');
const express = require('express');
const { Server } = require('socket.io');

const { name } = JSON.parse(readFileSync(process.env.CONFIG, 'utf8'));
const app = express();
app.get('/state', (_request, response) => {
  const hasLittle = getHeapStatistics().heap_size_limit < 700 * 1024 * 1024;
  response.json({ env: process.env.NODE_ENV, name, args: process.argv.slice(2), hasLittle });
});
app.use(express.static('public'));
const server = app.listen(process.env.PORT ? Number(process.env.PORT) : 3000, () => console.log('listening'));
new Server(server).on('connection', (socket) => socket.emit('hello', process.env.GREETING));
