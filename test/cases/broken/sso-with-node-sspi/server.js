const express = require('express');
const NodeSSPI = require('node-sspi');
const app = express();
const server = require('http').createServer(app);
app.use((req, res, next) => {
  new NodeSSPI({ retrieveGroups: true }).authenticate(req, res, (err) => (res.finished ? undefined : next(err)));
});
app.get('/', (req, res) => res.send(`hello ${req.connection.user}<script src="/socket.io/socket.io.js"></script>`));
require('socket.io')(server).on('connection', (s) => s.emit('hi'));
server.listen(process.env.PORT || 3000);
