const settings = require('./settings');
const server = require('http').createServer((req, res) => res.end('ok'));
require('socket.io')(server).on('connection', (s) => s.emit('level', settings.logLevel));
server.listen(settings.port);
