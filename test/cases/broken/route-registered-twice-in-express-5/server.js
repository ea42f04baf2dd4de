const express = require('express');
const app = express();
const server = require('http').createServer(app);
require('socket.io')(server);
app.del('/rooms/:id', (req, res) => res.sendStatus(204));
app.use(express.static('public'));
server.listen(process.env.PORT || 3000);
