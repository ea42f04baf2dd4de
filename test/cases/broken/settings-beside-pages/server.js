const http = require('node:http');
const { readFileSync } = require('node:fs');
const { Server } = require('socket.io');

const { greeting } = JSON.parse(readFileSync(`${__dirname}/config/database.json`, 'utf8'));
const server = http.createServer((request, response) => response.end('the page'));
new Server(server).on('connection', (socket) => socket.emit('greeting', greeting));
server.listen(process.env.PORT);
