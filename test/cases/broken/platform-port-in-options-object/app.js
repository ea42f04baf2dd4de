const http = require('http');
const { Server } = require('socket.io');

const places = [{ port: 46106, host: '127.0.0.1' }];
const server = http.createServer((request, response) => response.end('<!doctype html><title>Chat</title>'));
new Server(server).on('connection', (socket) => socket.emit('news', 'hi'));
server.listen(places.find(({ host }) => host.startsWith('127.')));
